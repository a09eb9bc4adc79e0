# api
api-bad-query = アドレスの問い合わせ部分を読み取れませんでした（{ $detail }）。/api/v1/openapi.json の説明を確かめてください。
api-bad-type = ファイルは Content-Type: application/octet-stream で送ってください。

remote-unprotected = 「{ $detail }」へはトークンを送りません。https:// で始まるアドレスを指定してください。
remote-token-open = トークンのファイル { $detail } を、ほかの人も読めます。chmod 600 で本人だけが読めるようにしてください。
remote-no-token = { $detail } にトークンがありません。1行にトークンだけを書いてください。
remote-no-certificate = { $detail } に証明書がありません。PEM 形式のファイルを指定してください。
remote-other-site = このトークンは施設「{ $detail }」のものです。--site を確かめてください。
remote-never = まだ判定していません。証跡を送ってから、少し待ってもう一度実行してください。
remote-unknown-checklist = チェックリスト「{ $detail }」はありません。`mamori remote … status --json` で確かめてください。
remote-unread-preview = ？ { $name }：このままでは読み取れません（見るだけなので、保管していません）
