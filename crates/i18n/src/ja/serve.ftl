# serve
serve-address = 画面を開きました：{ $url }
serve-authority =
    通信は、この設置のために作った認証局で暗号化しています。ブラウザーの警告をなくすには、次のファイルを各端末の「信頼されたルート証明機関」に入れてください。
      ファイル { $path }
      SHA-256 { $fingerprint }
serve-monitor = 監視用：http://{ $address }/metrics と /health
serve-setup-code =
    まだ誰も登録されていません。{ $url } を開き、次のコードを入れて最初の管理者を登録してください。
      セットアップコード  { $code }
serve-how-to-end = 終わるときは Ctrl+C を押してください。
serve-plain-not-local = 暗号化しないで開けるのは、この機器だけのアドレス（127.0.0.1 や ::1）です。{ $address } では開けません。
serve-certificate-half = [serve] の certificate と key は、両方を書いてください。
serve-demo-open = 画面を開きました：{ $url }。次のリンクは、開くとその人としてすぐに入れます。この見本だけのもので、終わると使えなくなります。
serve-demo-executive = 院長
serve-demo-administrator = IT担当
serve-demo-auditor = 監査
serve-demo-staff = 職員
serve-demo-vendor = 保守会社
serve-demo-group-operator = グループの運用担当
