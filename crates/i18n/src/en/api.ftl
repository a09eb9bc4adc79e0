# api
api-bad-query = The query of the address can't be read ({ $detail }). See /api/v1/openapi.json.
api-bad-type = Send the file with Content-Type: application/octet-stream.

remote-unprotected = The token is not sent to "{ $detail }". Give an address that begins with https://.
remote-token-open = Others can read the token file { $detail }. Run chmod 600 on it.
remote-no-token = There is no token in { $detail }. Write the token alone on one line.
remote-no-certificate = There is no certificate in { $detail }. Give a PEM file.
remote-other-site = This token is for the site "{ $detail }". Check --site.
remote-never = Nothing has been assessed yet. Hand in evidence, wait a moment and run this again.
remote-unknown-checklist = There is no checklist "{ $detail }". See `mamori remote … status --json`.
remote-unread-preview = ？ { $name }: can't be read as it is (only a preview: it was not kept)
