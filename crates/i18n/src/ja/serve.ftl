# serve
serve-address = 準備ができました。ブラウザーで { $url } を開いてください。
serve-authority =
    通信は、この設置のために作った認証局で暗号化しています。ブラウザーの警告をなくすには、次のファイルを各端末の「信頼されたルート証明機関」に入れてください。
      ファイル { $path }
      SHA-256 { $fingerprint }
serve-monitor = 監視用：http://{ $address }/metrics と /health
serve-setup-code =
    まだ誰も登録されていません。{ $url } を開き、次のコードを入れて最初の管理者を登録してください。
      準備コード  { $code }
serve-how-to-end = 終わるときは Ctrl+C を押してください。
serve-monitor-not-local = 監視用は、暗号化も認証もないので、この機器だけのアドレス（127.0.0.1 や ::1）で開きます。{ $address } で開くときは、--monitor-open（設定では monitor_open = true）を付けてください。
serve-plain-not-local = 暗号化しないで開けるのは、この機器だけのアドレス（127.0.0.1 や ::1）です。{ $address } では開けません。
serve-certificate-half = [serve] の certificate と key は、両方を書いてください。
serve-demo-open = 準備ができました。アドレスは { $url } です。次のリンクを開いて「入る」を押すと、その人として入れます。何度でも使えます。この見本だけのもので、終わると使えなくなります。
serve-demo-executive = 院長
serve-demo-administrator = IT担当
serve-demo-auditor = 監査
serve-demo-staff = 職員
serve-demo-vendor = 事業者（保守会社）
serve-demo-group-operator = グループの運用担当
serve-backup-made = 控えを取りました：{ $folder }（{ $rows } 行、{ $files } ファイル、操作の記録 { $entries } 件）
serve-backup-with-key = 鍵も入っています。ほかの人が読めない所に置いてください。
serve-backup-without-key = 操作の記録の鍵（{ $key }）は入っていません。戻すときに要るので、別に保管してください。
serve-backup-not-empty = { $detail } は空ではありません。新しいフォルダーを指定してください。何も書いていません。
serve-restore-no-key = { $folder } に操作の記録の鍵がありません。--key に鍵のファイルを指定してください。
serve-restore-database-in-use = データベースには、すでに表（{ $detail } など）があります。空のデータベースを指定してください。何も書いていません。
serve-restore-missing = 控えに { $detail } がありません。途中で切れた控えは使えません。別の控えを使ってください。
serve-restore-altered = 控えの { $detail } は、取ったときから変わっています。この控えは使えません。別の控えを使ってください。
serve-restore-other-key = 控えは、この鍵で取ったものではありません。正しい鍵を --key に指定してください。
serve-restore-other-ledger = 控えは、別の名前（{ $detail }）の操作の記録のものです。mamori.toml の ledger_name を同じにしてください。
serve-restore-newer = この控えは、より新しい mamori で取ったものです（{ $detail }）。新しい mamori で戻してください。
serve-restored = { $made_at } の控えを { $folder } に戻しました。操作の記録と証跡を確かめます。
