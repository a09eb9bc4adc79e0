# import
upload-busy = Two other uploads are under way, so this one was not taken. Nothing was stored. Wait a moment and try again.
upload-too-large = The files are too large (limit { $detail }). Nothing was stored. Hand them in separately, or export only what is needed.
upload-too-many-files = These are too many files (limit { $detail }). Nothing was stored. Hand them in separately, or in a zip.
upload-broken-off = The transfer broke off. Nothing was stored. Send the files again.
