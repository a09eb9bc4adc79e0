# 日本語が先。何が起きたか、次に何をするかを、です・ますで書く。

## 受け取れなかったもの
refused-archive-entry = 圧縮ファイルの中のこのファイルは受け取れませんでした（{ $detail }）。展開して、必要なファイルだけを取り込んでください。
refused-bad-archive = 圧縮ファイルを開けませんでした（{ $detail }）。展開してからもう一度取り込んでください。
refused-gzip = gzip で圧縮したファイルは開きません。展開してから、または zip にして渡してください。
refused-bad-cell = このセルは読み取れませんでした（{ $detail }）。値を確かめてください。
refused-bad-record = この部分は読み取れませんでした（{ $detail }）。ほかの部分は取り込みました。
refused-cannot-open = ファイルを開けませんでした（{ $detail }）。場所と権限を確かめてください。
refused-claim-in-document = 書類の中の回答は受け取れません（{ $detail }）。kind = "checklist_answers" のファイルに分けてください。
refused-conflict = 同じ項目に違う値が書かれています（{ $detail }）。どちらも使っていません。正しい方だけを残してください。
refused-clock-in-future = ファイルの日時が未来です（{ $detail }）。受け取った日時を使いました。書き出した機器の時計を確かめてください。
refused-duplicate-row = 同じ番号の行がすでにあります（{ $detail }）。この行は反映していません。どちらが正しいか確かめてください。
refused-link = リンクはたどりません。元のファイルを指定してください。
refused-no-identity = 何についての記載か分かりません（{ $detail }）。管理番号・ホスト名などを書いてください。
refused-not-a-date = 日付として読めません（{ $detail }）。2026-11-20、R8.11.20 のように書いてください。
refused-not-a-file = ファイルではありません。
refused-name-not-expanded = このファイルの名前は、機械の名前に置き換わらずに書き出されています（{ $detail }）。どの機械のものか分からないため、ほかのどのファイルとも別のものとして扱いました。管理者のPowerShellで書き出し直すか、ファイルの名前に機械の名前を付けて、もう一度渡してください。
refused-not-a-number = 数として読めません（{ $detail }）。
refused-not-an-address = アドレスとして読めません（{ $detail }）。
refused-not-yes-or-no = 「はい」か「いいえ」で書いてください（{ $detail }）。
refused-sheet-without-header = このシートの見出しが分かりませんでした（{ $detail }）。台帳のシートでなければ、そのままで構いません。
refused-too-deep = フォルダーまたは圧縮ファイルの重なりが深すぎます。
refused-too-large = 大きすぎて受け取れません（{ $detail }）。必要な部分だけを書き出すか、設定の limits を見直してください。
refused-too-many-files = ファイルが多すぎます（上限 { $detail }）。分けて取り込んでください。
refused-too-many-addresses = 1行に書けるアドレスは8個までです（{ $detail }）。機器ごとに行を分けてください。
refused-unknown-word = 決められた言葉ではありません（{ $detail }）。
refused-unrecognised = 何のファイルか分かりませんでした。証跡として保管しましたが、判定には使っていません。
unreadable-event-log = イベントログ（.evtx）として読めませんでした（{ $detail }）。イベント ビューアーか wevtutil で書き出し直してください。
unreadable-future = 発行日が未来です（{ $detail }）。日付を確かめてください。内容は使っていません。
unreadable-inf = セキュリティ設定のファイルとして読めませんでした（{ $detail }）。もう一度書き出してください。
unreadable-json = JSON として読めませんでした（{ $detail }）。もう一度書き出してください。
unreadable-no-header = 台帳の見出し行が見つかりませんでした。1行目に「管理番号」「ホスト名」などの見出しがあるか確かめてください。
unreadable-no-name = ファイル名から設定の持ち主が分かりませんでした（{ $detail }）。
unreadable-registry-policy = registry.pol として読めませんでした（{ $detail }）。もう一度書き出してください。
unreadable-secrets-inside = パスワードなどの秘密が書かれた列やメモがありますが、取り除けないファイルです（{ $detail }）。保管していません。その列を消すか、パスワードの保護を外して .xlsx で保存し直してから、もう一度渡してください。
unreadable-signature = 電子署名が正しくありません。書いた本人に確かめてください。内容は使っていません。
unreadable-too-many-cells = セルが { $detail } 個より多いため、受け取りませんでした。必要な列・行だけにするか、分けて渡してください。
unreadable-statement = 書類・回答のファイルとして読めませんでした（{ $detail }）。
unreadable-answers-uploaded = チェックリストの回答は、アップロードやプログラムのファイルからは受け付けません。項目の画面か mamori claim で回答してください。
unreadable-support-dates = サポート期限のファイルとして読めませんでした（{ $detail }）。
unreadable-table = 表として読めませんでした（{ $detail }）。Excel で開けるか確かめてください。
unreadable-xml = XML として読めませんでした（{ $detail }）。もう一度書き出してください。

## 取り込み
progress-import = 取り込み中
import-applied = ✔ #{ $number } { $name }：{ $accepted } 件を受け取り、{ $facts } 個の事実を記録しました（受け取れなかったもの { $refused } 件）
import-known = ＝ #{ $number } { $name }：同じ内容をすでに受け取っています。何も変えていません
import-unrecognised = ？ #{ $number } { $name }：何のファイルか分かりませんでした。証跡として保管しました
import-unreadable = ✘ #{ $number } { $name }：読み取れませんでした。証跡として保管しました
import-withheld = ✘ { $name }：受け取れません。取り除けない秘密（パスワードなど）があるので、何も保管しませんでした
import-previewed = … { $name }：台帳の違いです（まだ反映していません）
import-refused-file = ✘ { $name }：{ $reason }
import-more-refused = {"    "}ほか { $count } 件
import-struck = {"    "}秘密の値（{ $what }、{ $place }）を取り除いて保管しました
import-apply-question = { $count } 個の台帳を反映しますか。
import-not-applied = { $count } 個の台帳はまだ反映していません。違いを確かめて、--yes をつけてもう一度実行してください。
preview-counts = {"    "}新しい { $added } 件、変わる { $changed } か所、載っていない { $missing } 件、同じ { $same } 件

## 判定の言葉
verdict-proved = 証明
verdict-contradicted = 矛盾
verdict-not-yet = 未対応
verdict-attested = 申告のみ
verdict-stale = 期限切れ
verdict-unknown = 不明

## 理由
reason-check-proved = 「{ $title }」は証明されています（{ $all } 件中 { $part } 件）。
reason-check-contradicted = 「{ $title }」に反するものが { $all } 件中 { $part } 件あります。
reason-check-attested = 「{ $title }」は書面や台帳の上ではそのとおりです（{ $all } 件中 { $part } 件）。機器での確認はまだです。
reason-check-stale = 「{ $title }」の証跡が古くなっています（{ $part } 件）。
reason-check-unknown = 「{ $title }」はまだ分かりません。
reason-check-not-applicable = 「{ $title }」に当たるものはありません。
reason-under-exception = 「{ $title }」は、補完的対策つきの例外として承認されています。
reason-document = 「{ $document }」があります。
reason-document-expired = 「{ $document }」の期限が { $date } で切れています。
reason-elements-missing = 「{ $document }」に次の記載がありません：{ $elements }。
reason-said-yes = 担当者が「はい」と答えています。
reason-said-no = 担当者が「いいえ」と答えています（目標日はありません）。
reason-said-no-until = 担当者が「いいえ」と答えています。目標日は { $date } です。
reason-said-no-over = 担当者が「いいえ」と答えています。目標日の { $date } を過ぎています。
reason-claim-not-enough = 担当者の回答だけでは示せません。書類が要ります。
reason-claim-too-old = 担当者の確認（{ $date }）から時間がたっています。
reason-nothing-submitted = まだ何も出されていません。
reason-more = ほかに { $count } つの理由があります。
reason-yes-against-evidence = 「はい」と答えていますが、証跡と矛盾しています。

## 報告書
site-kind-hospital = 病院
site-kind-clinic = 診療所
site-kind-pharmacy = 薬局
site-unnamed = （施設名未設定）
site-bad-id = 施設の識別名「{ $id }」は使えません。60文字までの、/ を含まない名前にしてください。
site-unknown = 施設「{ $id }」はありません。--site を確かめてください。新しい施設は `mamori import --site { $id } --name 施設名 …` で作れます。
summary-counts = { $title }のチェックリスト { $all } 項目のうち、証明 { $proved }、申告のみ { $attested }、矛盾 { $contradicted }、未対応（「いいえ」） { $not_yet }、期限切れ { $stale }、不明 { $unknown } です。
summary-worst = 重い指摘が { $grave } 件あります。最初に対応するのは「{ $title }」に反する { $subject }です。
summary-only-minor = 急いで直すべき重い指摘はありません。中・低の指摘が { $count } 件あります。
summary-no-finding = 証跡と矛盾する指摘はありません。
summary-asks = 分からないことは、{ $count } 種類の書き出しや書類で確かめられます。
summary-all-asked = 確かめる必要のある書き出しや書類は残っていません。
ask-document = 次のどれかを出してください：{ $documents }（`mamori claim document 種類 ファイル --by 責任者`）。
task-fix = { $subject }：{ $fix }
task-fix-several = { $subject } ほか（計 { $count } 件）：{ $fix }
task-ask = 「{ $title }」が分かる証跡を取り込む
task-keep = 項目 { $number }：目標日（{ $date }）を過ぎました。終えて「はい」と答えるか、目標日を見直す
task-keep-no-date = 項目 { $number }：「いいえ」に目標日がありません。終えて「はい」と答えるか、目標日を決める
task-show = 項目 { $number }：{ $documents } を出す
tile-outside = 外部接続
tile-backup = バックアップ
tile-detection = 検知・ウイルス対策
tile-part-antivirus = ウイルス対策
tile-part-logs = ログの検知
tile-vendors = 事業者・契約
tile-drill = 備え・訓練
tile-nothing-known = 証跡がまだありません
tile-contradicted = 未達：{ $title }
tile-overdue = 目標日を過ぎて未対応：{ $title }
tile-not-yet = まだできていない：{ $title }
tile-unknown = 不明：{ $title }
tile-stale = 古い：{ $title }
tile-attested = 申告のみ：{ $title }
tile-proved = { $count } 点すべて証明
tile-part = { $part }が{ $reason }
tile-part-other-proved = { $part }が{ $reason }（{ $proved }は証明）
pdf-missing-characters = { $name }：PDF の文字に無いもの「{ $characters }」が抜けています。HTML の報告書を使ってください。
pdf-not-made = { $name } は作れませんでした（{ $detail }）。HTML の報告書を印刷してください。
show-finding = {"  "}● { $title } … { $subjects }（{ $count } 件）
assess-written = 報告書を { $folder } に書きました（読み取れたファイル { $read } 個）。
assess-folder-taken = { $folder } には別のものが入っています。空のフォルダーを --out に指定してください。
report-written = 報告書を { $folder } に書きました。
assess-nothing-read = 読み取れる証跡がありませんでした。指定した場所を確かめてください。

## 見本の病院
demo-notice = これは架空の施設の見本です。
demo-folder-taken = { $folder } には別のものが入っています。空のフォルダーを --out に指定してください。
demo-planted = 仕込んだ弱点 { $planted } 個、見つけたもの { $found } 個
demo-where = 証跡と報告書：{ $folder }

## 回答と書類
claim-unknown-item = 項目「{ $item }」はありません。`mamori claim list` で確かめてください。
claim-unknown-kind = 書類の種類「{ $kind }」はありません。使えるもの：{ $known }
claim-no-target = 「いいえ」のときは、いつまでに「はい」にするかを --target で書いてください。
claim-against-evidence = 「{ $item }」は、証跡と矛盾しているため記録できません（{ $checks }）。直した証跡を取り込むか、`mamori exception request` で補完的対策つきの例外を申請してください。
claim-attached = 📎 #{ $number } { $name }：書類を証跡として保管しました
not-a-day = 「{ $detail }」は日付として読めません。2026-11-20、R8.11.20 のように書いてください。

## 例外
exception-requested = 例外 #{ $id } を申請しました。ほかの人の承認（`mamori exception approve { $id } --who 名前`）まで効きません。
exception-approved = 例外 #{ $id } を承認しました。
exception-revoked = 例外 #{ $id } を取り消しました。
exception-unknown-check = その点検はありません（{ $detail }）。報告書の点検番号を確かめてください。
exception-no-reason = 理由と、申請する人が要ります。
exception-no-control = 補完的対策と、その証跡の番号が要ります。
exception-unknown-evidence = その番号の証跡はありません（{ $detail }）。先に証跡を取り込んでください。
exception-bad-end = 最終日は今日から{ $most }日以内にしてください（{ $detail }）。
exception-executive-only = 重さが「緊急」「高」の点検の例外は、経営者だけが承認できます。経営者が承認するときは --as executive を付けてください。
exception-on-command-line = コマンドラインで承認（on the command line）
exception-own-request = 申請した人は承認できません。ほかの責任者が承認してください。
exception-unknown = その番号の例外はありません（{ $detail }）。
exception-not-waiting = この例外はもう決まっています（{ $detail }）。
exception-bad-control = 「{ $detail }」は「対策=証跡の番号」の形で書いてください。

## やること
task-none = やることはありません。
task-unknown = 開いている「やること」 #{ $id } はありません。
task-assigned = #{ $id } の担当を { $owner } にしました。

## 台帳
ledger-empty = 操作の記録は、まだありません。
ledger-exported = 操作の記録 { $entries } 件を { $folder } に書き出しました。第三者は tools/verify_ledger.py で検証できます。
ledger-sound = 異常はありません。操作の記録 { $entries } 件、証跡 { $blobs } 個を検証しました。
ledger-damaged = 異常が { $problems } 件見つかりました（操作の記録 { $entries } 件、証跡 { $blobs } 個を検証）。データフォルダーをコピーし、変更せずに責任者へ知らせてください。
ledger-facts-differ = 証跡 #{ $number }（{ $name }）から読んだ事実が、操作の記録と一致しません
ledger-facts-misfiled = 証跡 #{ $number } の事実が、別の施設のものになっています
packs-overlaid = この施設で差し替え・追加した点検の定義があります：{ $files }
ledger-clock-back = 操作の記録 { $entry } 番の日時が、その前の記録より { $minutes } 分前です。サーバーの時計が戻りました。
ledger-row-differs = 表 { $table } の { $id }：{ $fields } が、操作の記録 { $entry } 番と一致しません
ledger-row-missing = 表 { $table } の { $id }：操作の記録 { $entry } 番にあるのに、ありません
ledger-row-extra = 表 { $table } の { $id }：操作の記録にありません
ledger-facts-orphaned = 操作の記録に無い証跡 #{ $number } の事実があります

## そのほか
fact-counts = {"  ← 今のもの"}
fact-unknown-subject = 「{ $subject }」について分かっていることはありません。
job-failed = 判定をやり直せませんでした（{ $detail }）。しばらくしてから `mamori job run` を実行してください。
job-done = { $count } 件の処理が終わりました。
config-good = 設定に問題はありません。
doctor-data-good = データフォルダー { $folder } を使えます（施設 { $sites } か所）。
doctor-data-bad = データフォルダーまたはデータベースを使えません：{ $detail }
doctor-packs-good = 点検 { $checks } 件、チェックリスト { $frameworks } 版を読み込みました。
doctor-pdf-good = PDF の報告書を作れます。
doctor-pdf-missing = PDF の報告書は作れません。Debian の fonts-morisawa-bizud-gothic を入れてから作り直してください。HTML・Excel は使えます。
doctor-tool-there = { $program } があります（{ $purpose }）。
doctor-tool-missing = { $program } がありません（{ $purpose }）。必要なら `apt-get install { $package }` で入れてください。
doctor-nmap = 院内の機器を調べる
doctor-psql = PostgreSQL を調べる

## 困ったとき
trouble-config = 設定ファイルに問題があります：{ $detail }
trouble-disk-full = ディスクの空きがありません。空きを作って、もう一度実行してください。受け取り済みと表示したものは失われていません。（{ $detail }）
trouble-database-gone = データベースにつながりません。動いているか、接続先が正しいかを確かめてください。（{ $detail }）
trouble-busy = ほかの処理が使っています。しばらく待って、もう一度実行してください。（{ $detail }）
trouble-read-only = 書き込めません。データフォルダーの権限を確かめてください。（{ $detail }）
trouble-corrupt = データベースが壊れています。データフォルダーをコピーしてから、控えから戻してください。（{ $detail }）
trouble-store = 保存できませんでした。何も変わっていません。（{ $detail }）
trouble-other = 実行できませんでした：{ $detail }
trouble-key-missing = { $folder } に操作の記録の鍵（ledger-key.pem）がありません。控えから戻してください。新しい鍵は作っていません。
trouble-no-installation = { $folder } にデータがありません。--data を確かめてください。
trouble-ledger = 操作の記録の末尾に異常があるため、書き込みを止めました。`mamori ledger verify` で確かめてください。（{ $detail }）
