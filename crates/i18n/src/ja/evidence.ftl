# evidence
evidence-title = 証跡
evidence-number = 番号
evidence-name = 名前
evidence-format = 形式
evidence-received = 受け取った日時
evidence-who = 取り込んだ人
evidence-facts = 読み取った事実
evidence-refused = 読めなかった行
evidence-unrecognised = 形式不明
evidence-empty = まだ証跡がありません。「取り込み」から、Active Directory の書き出しや資産台帳を入れてください。
evidence-help = 取り込んだファイルの一覧です。証跡は消えません。名前を選ぶと、読み取った事実と、もとの内容を確かめられます。
