# serve
serve-address = The office is open at { $url }
serve-authority =
    Traffic is encrypted by a certificate authority made for this installation. To end the browser's warning, add this file to the trusted root authorities of each machine:
      file { $path }
      SHA-256 { $fingerprint }
serve-monitor = For a monitor: http://{ $address }/metrics and /health
serve-setup-code =
    Nobody is registered yet. Open { $url } and enter this code to register the first administrator:
      set-up code  { $code }
serve-how-to-end = Press Ctrl+C to end.
serve-plain-not-local = Only an address of this machine alone (127.0.0.1, ::1) may be served without encryption, not { $address }.
serve-certificate-half = Give both certificate and key in [serve].
serve-demo-open = The office is open at { $url }. Each of these links signs in at once as that person. They belong to this demonstration and end with it.
serve-demo-executive = director
serve-demo-administrator = IT desk
serve-demo-auditor = auditor
serve-demo-staff = staff
serve-demo-vendor = maintenance company
serve-demo-group-operator = group operator
