# serve
serve-address = Ready. Open { $url } in a browser.
serve-authority =
    Traffic is encrypted by a certificate authority made for this installation. To end the browser's warning, add this file to the trusted root authorities of each machine:
      file { $path }
      SHA-256 { $fingerprint }
serve-monitor = For a monitor: http://{ $address }/metrics and /health
serve-setup-code =
    Nobody is registered yet. Open { $url } and enter this code to register the first administrator:
      set-up code  { $code }
serve-how-to-end = Press Ctrl+C to end.
serve-monitor-not-local = The monitor has neither encryption nor sign-in, so it listens on an address of this machine alone (127.0.0.1, ::1). To open it at { $address }, add --monitor-open (monitor_open = true in the configuration).
serve-plain-not-local = Only an address of this machine alone (127.0.0.1, ::1) may be served without encryption, not { $address }.
serve-certificate-half = Give both certificate and key in [serve].
serve-demo-open = Ready at { $url }. Open one of these links and press "Enter" to sign in as that person, as often as you like. They belong to this demonstration and end with it.
serve-demo-executive = director
serve-demo-administrator = IT desk
serve-demo-auditor = auditor
serve-demo-staff = staff
serve-demo-vendor = maintenance company
serve-demo-group-operator = group operator
serve-backup-made = The backup is in { $folder } ({ $rows } rows, { $files } files, { $entries } ledger entries).
serve-backup-with-key = It holds the keys. Keep it where nobody else can read it.
serve-backup-without-key = The ledger's key ({ $key }) is not in it. It is needed to restore: keep it elsewhere.
serve-backup-not-empty = { $detail } is not empty. Name a new folder. Nothing was written.
serve-restore-no-key = There is no ledger key in { $folder }. Name the key file with --key.
serve-restore-database-in-use = The database holds tables already ({ $detail } and others). Name an empty one. Nothing was written.
serve-restore-missing = { $detail } is missing in the backup. A backup that was cut off can't be used; use another one.
serve-restore-altered = { $detail } in the backup has changed since the backup was made. This backup can't be used; use another one.
serve-restore-other-key = The backup was not made with this key. Name the right one with --key.
serve-restore-other-ledger = The backup is of the ledger "{ $detail }". Set ledger_name in mamori.toml to the same.
serve-restore-newer = This backup was made by a newer mamori ({ $detail }). Restore it with that one.
serve-restored = The backup of { $made_at } was restored to { $folder }. The ledger and the evidence will now be verified.
