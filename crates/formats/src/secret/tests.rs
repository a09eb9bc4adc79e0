use proptest::prelude::*;

use super::*;
use crate::text::encode_cp932;

/// Knows one column: ローカル管理者パスワード and its synonym.
fn words(label: &str, value: &str) -> Option<bool> {
    matches!(label, "ローカル管理者パスワード" | "ローカルadmin").then(|| ["共通", "個別", "LAPS"].contains(&value))
}

fn utf16(text: &str) -> Vec<u8> {
    [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

fn utf16_be(text: &str) -> Vec<u8> {
    [0xFE, 0xFF].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect()
}

fn encodings(text: &str) -> Vec<Vec<u8>> {
    let mut all = vec![text.as_bytes().to_vec(), format!("\u{feff}{text}").into_bytes(), utf16(text), utf16_be(text)];
    all.extend(Some(encode_cp932(text)).filter(|(_, replaced)| *replaced == 0).map(|(bytes, _)| bytes));
    all
}

/// Whether a text stands in the bytes in any encoding.
fn holds(bytes: &[u8], text: &str) -> bool {
    let wide =
        [utf16(text)[2..].to_vec(), utf16_be(text)[2..].to_vec(), encode_cp932(text).0, text.as_bytes().to_vec()];
    wide.iter().any(|wanted| bytes.windows(wanted.len()).any(|window| window == wanted))
}

/// `before` becomes `after` in every encoding, and once more changes nothing; what went wrong otherwise.
fn compare(before: &str, after: &str) -> Option<String> {
    encodings(before).into_iter().zip(encodings(after)).find_map(|(source, wanted)| {
        let struck = strike(&source, &words).unwrap();
        let bytes = struck.as_ref().map_or(source.as_slice(), |struck| &struck.bytes);
        let again = strike(bytes, &words).unwrap();
        let is_right = bytes == wanted && struck.is_some() == (before != after) && again.is_none();
        (!is_right)
            .then(|| format!("{:?}\ninstead of\n{:?}\nonce more: {}", decode(bytes), decode(&wanted), again.is_some()))
    })
}

fn decode(bytes: &[u8]) -> String {
    crate::text::decode(bytes).text
}

/// Each text alone is left as it is.
#[track_caller]
fn silent(texts: &[&str]) {
    let wrong: Vec<String> = texts.iter().filter_map(|text| compare(text, text)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// In each text the secret between `⟦` and `⟧` goes, and nothing else does.
#[track_caller]
fn fires(texts: &[&str]) {
    let wrong = texts.iter().filter_map(|text| {
        let parts = text.split(['⟦', '⟧']).enumerate();
        let after: String = parts.map(|(index, part)| if index % 2 == 1 { MARK } else { part }).collect();
        compare(&text.replace(['⟦', '⟧'], ""), &after)
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_column_of_secrets_is_emptied_and_everything_else_stays() {
    for label in [
        "パスワード",
        "ＰＷ",
        "PW",
        "pass",
        "passwd",
        "password",
        "暗証番号",
        "PINコード",
        "合言葉",
        "SNMPコミュニティ",
        "回復キー",
        "事前共有鍵",
        "PSK",
        "初期パスワード",
        "ログインＰＷ",
        "ID/PW",
        "パスワード(変更後)",
        "Wi-Fiキー",
        "管理者パスワード",
        "パスワード（8文字以上）",
        "新パスワード／変更日",
        "パスワード1",
        "BitLocker回復キー",
        "パスワード 設定値",
        "Admin Password",
        "APIキー",
    ] {
        fires(&[&format!("機器,{label},備考\r\nルーター,⟦Kinen2024⟧,2階\r\nNAS,⟦さくら⟧,3階\r\nPC1,,1階\r\n")]);
    }
}

#[test]
fn a_column_that_speaks_about_passwords_stays() {
    for (label, values) in [
        ("パスワード変更日", ["2026-04-01", "R8.4.1"]),
        ("パスワード期限", ["90日", "無期限"]),
        ("パスワードの使い回し", ["なし", "あり"]),
        ("ローカル管理者パスワード", ["共通", "LAPS"]),
        ("パスワードルール", ["8文字以上", "英数12桁"]),
        ("パスワード設定の有無", ["有", "○"]),
        ("パスワードの保管者", ["佐藤", "suzuki01"]),
        ("回復キーID", ["A1B2-C3D4", "E5"]),
        ("パスワード", ["有", "×"]),
        ("パスワード設定", ["済", "2026/4/1"]),
        ("PasswordLastSet", ["2026/04/01 9:00", "133549317000000000"]),
        ("PasswordNeverExpires", ["True", "False"]),
        ("passport", ["TZ1234567", "TZ1234568"]),
        ("認証方式", ["パスワード", "ICカード2"]),
        ("PINヘッダー数", ["4本", "40pin"]),
    ] {
        let text = format!("機器,{label},備考\nNAS,{},2階\nPC1,{},3階\n", values[0], values[1]);
        silent(&[&text]);
    }
}

#[test]
fn a_real_password_among_known_words_is_struck() {
    fires(&[
        "管理番号,ローカル管理者パスワード\nA-1,共通\nA-2,⟦P@ssw0rd!⟧\n",
        "管理番号,ローカルadmin\nA-1,共通\nA-2,⟦P@ssw0rd!⟧\nA-3,確認中\n",
    ]);
}

#[test]
fn titles_two_line_headers_shifted_rows_and_open_quotes_hide_nothing() {
    fires(&[
        "機器管理台帳,,\n作成 2026-04-01,,\n機器,ID,PW\nNAS,admin,⟦x1y2⟧\n",
        "機器,認証情報,,備考\n,ID,パスワード,\nNAS,admin,⟦abc⟧,棚\n",
        "機器,パスワード,,備考\n,管理者,利用者,\nNAS,⟦abc⟧,⟦def⟧,棚\n",
        "機器,ID,PW\nNAS,1階,⟦奥⟧,⟦abc123⟧\nPC,a,⟦q⟧\n",
        "機器,PW,備考\nNAS,⟦a⟧,x\nPC,⟦b\"x⟧,\"⟦y\nz,w,v\n⟧",
        "項目,値\nID,admin\nパスワード,⟦hunter⟧\n",
        "機器;PW\nNAS;\"⟦a;\"\"b⟧\"\n",
        "機器\tPW\nNAS\t⟦abc⟧\n",
    ]);
}

#[test]
fn a_password_in_a_remark_goes_and_the_rest_of_the_remark_stays() {
    fires(&[
        "機器,備考\nNAS,2階。PW: ⟦abc123⟧ 予備あり\n",
        "機器,備考\nNAS,パスワードは⟦Kinen2024⟧です\n",
        "機器,備考\nNAS,ID/PASS=⟦admin/xyz⟧\n",
        "機器,備考\nNAS,パスワード：⟦さくら1⟧、鍵は事務室\n",
        "機器,備考\nNAS,初期ＰＷ：⟦１２３４⟧\n",
        "機器,備考\nNAS,パスワード「⟦山 川⟧」を使う\n",
        "機器,備考\nNAS,PW(管理者): ⟦root9⟧\n",
        "機器,備考\nNAS,password: ⟦correct horse battery⟧\n",
        "機器,備考\nNAS,初期 ⟦Kinen2024⟧ のまま\n",
    ]);
}

#[test]
fn a_remark_about_passwords_stays() {
    silent(&[
        "機器,備考\nNAS,パスワード変更担当\n",
        "機器,備考\nNAS,password never expires\n",
        "機器,備考\nNAS,パスワード：別紙台帳を参照\n",
        "機器,備考\nNAS,PW：共通\n",
        "機器,備考\nNAS,パスワードは本人のみ\n",
        "機器,備考\nNAS,パスワードは8文字以上\n",
        "機器,備考\nNAS,bypass:1234\n",
        "機器,備考\nNAS,初期設定用アカウント\n",
        "機器,備考\nNAS,passport-office2\n",
        "機器,備考\nNAS,PW: 変更済\n",
    ]);
}

#[test]
fn answer_files_lose_their_passwords_whatever_their_encoding() {
    fires(&[
        "<unattend><AutoLogon><Password><Value>⟦UwBlAGMA⟧</Value><PlainText>false</PlainText></Password></AutoLogon></unattend>",
        "<u>\n<AdministratorPassword>\n<Value>⟦hunter2⟧</Value>\n</AdministratorPassword></u>",
        "<u:Credentials xmlns:u=\"x\"><u:Password>⟦a b&amp;c⟧</u:Password></u:Credentials>",
        "<a><Password><![CDATA[⟦x<y⟧]]></Password></a>",
    ]);
}

#[test]
fn policy_preferences_and_reports_lose_theirs() {
    fires(&[
        "<Registry><Properties name=\"DefaultPassword\" type=\"REG_SZ\" value=\"⟦hunter2⟧\"/></Registry>",
        "<Drive><Properties cpassword=\"⟦j1Uyj3Vx8TY9⟧\" userName=\"a\"/></Drive>",
        "<DataSource><Attribute name='PWD' value='⟦q⟧'/><Attribute name='SERVER' value='db1'/></DataSource>",
        "<q1:Name>DefaultPassword</q1:Name><q1:State>Enabled</q1:State><q1:String>⟦hunter2⟧</q1:String>",
        "<a><KeyName>MACHINE\\X\\Winlogon\\DefaultPassword</KeyName><SettingString>⟦hunter2⟧</SettingString></a>",
        "<Exec><Arguments>/c net use z: \\\\s\\a ⟦pw1⟧ /user:b</Arguments></Exec>",
        "<WLAN><keyMaterial>⟦wlan pass⟧</keyMaterial></WLAN>",
    ]);
}

#[test]
fn markup_about_passwords_stays() {
    silent(&[
        "<q1:Name>PasswordComplexity</q1:Name><q1:SettingBoolean>true</q1:SettingBoolean>",
        "<q1:Name>ClearTextPassword</q1:Name><q1:SettingNumber>0</q1:SettingNumber>",
        "<Password><Value>***</Value></Password>",
        "<Properties cpassword=\"\" userName=\"a\"/><Properties name=\"Shell\" value=\"explorer.exe\"/>",
        "<AdministratorPassword>*SENSITIVE*DATA*DELETED*</AdministratorPassword>",
        "<p>Change your password: it is too old</p>",
        "<MinimumPasswordLength>8</MinimumPasswordLength>",
    ]);
}

#[test]
fn registry_texts_lose_theirs() {
    fires(&[
        "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\X\\Winlogon]\r\n\"DefaultPassword\"=\"⟦hunter2⟧\"\r\n\"Shell\"=\"explorer\"\r\n",
        "[HKLM]\r\n\"Password\"=hex:⟦61,62,\\\r\n  63,64⟧\r\n\"Next\"=hex:61\r\n",
        "[Registry Values]\r\nMACHINE\\X\\Winlogon\\DefaultPassword=1,⟦\"hunter2\"⟧\r\n",
        "reg add HKLM\\X /v DefaultPassword /t REG_SZ /d ⟦hunter2⟧ /f",
    ]);
    silent(&[
        "[System Access]\r\nPasswordComplexity = 1\r\nClearTextPassword = 0\r\nMinimumPasswordLength = 12\r\n",
        "[Registry Values]\r\nMACHINE\\X\\LimitBlankPasswordUse=4,1\r\nMACHINE\\X\\DefaultPassword=1,\r\n",
        "\"PromptPasswordOnResume\"=dword:00000001\r\n",
    ]);
}

#[test]
fn scripts_lose_theirs() {
    fires(&[
        "net use z: \\\\srv\\share ⟦P@ss⟧ /user:dom\\svc",
        "net use \\\\srv\\share /user:svc ⟦P@ss⟧ /persistent:yes",
        "@NET USER localadm ⟦Kinen2024⟧ /add",
        "$cred = ConvertTo-SecureString \"⟦P@ss w0rd⟧\" -AsPlainText -Force",
        "ConvertTo-SecureString -AsPlainText -Force -String '⟦x1⟧'",
        "'⟦x1y⟧' | ConvertTo-SecureString -AsPlainText",
        "$password = \"⟦hunter2⟧\"",
        "set PASSWORD=⟦hunter2⟧",
        "psexec \\\\pc1 -u admin -p ⟦hunter2⟧ cmd",
        "cmdkey /add:srv /user:a /pass:⟦hunter2⟧",
        "schtasks /create /tn x /ru svc /rp ⟦hunter2⟧ /sc daily",
        "plink -ssh a@b -pw ⟦hunter2⟧",
        "curl -u admin:⟦hunter2⟧ http://x/",
        "git clone https://bot:⟦tok3n⟧@git.local/x",
        "{\"user\": \"a\", \"password\": \"⟦hunter2⟧\"}",
        "Server=db;Uid=a;Pwd=⟦hunter2⟧;Encrypt=yes",
        "-----BEGIN RSA PRIVATE KEY-----\n⟦MIIE\nabcd⟧\n-----END RSA PRIVATE KEY-----\n",
    ]);
    silent(&[
        "net use z: \\\\srv\\share /user:svc *",
        "net use z: /delete",
        "net user localadm /active:no",
        "net user /domain",
        "$secure = ConvertTo-SecureString $plain -AsPlainText -Force",
        "$password = Read-Host -AsSecureString",
        "$password = $env:PW",
        "set PASSWORD=%1%",
        "password: required",
        "Failed password for root from 10.0.0.1 port 22",
        "パスワードは、定期的に変更してください。",
        "# Password policy\n\nPasswords have 12 characters.\n",
        "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----\n",
        "https://user@host/ and https://host:443/",
        "{\"password\": null, \"password_min_length\": 8, \"passwordRequired\": true}",
    ]);
}

#[test]
fn settings_of_network_devices_lose_theirs() {
    fires(&[
        "    set password ENC ⟦SH2abc==⟧\n    set psksecret ⟦ENC2⟧\n    set passwd ⟦a b⟧\n",
        "config system snmp community\n    edit 1\n        set name \"⟦public⟧\"\n    next\nend\nconfig x\n    set name \"wan\"\nend\n",
        "enable secret 5 ⟦$1$abc$def⟧\nenable password ⟦cisco⟧\nenable secret level 15 9 ⟦$9$x⟧\n",
        "username admin privilege 15 password 7 ⟦0822455D⟧\nusername b secret ⟦abc⟧\n",
        "snmp-server community ⟦public⟧ RO\nsnmp-server host 10.0.0.9 version 2c ⟦hosp1tal⟧\n",
        "snmp-server user u g v3 auth sha ⟦abc⟧ priv aes 128 ⟦def⟧\n",
        "line vty 0 4\n password 7 ⟦0822⟧\n login\n",
        "crypto isakmp key ⟦abc123⟧ address 10.0.0.1\ntacacs-server host 10.0.0.1 key ⟦tac⟧\n",
        "login password ⟦yamaha⟧\nadministrator password encrypted ⟦abc⟧\nlogin user sato ⟦abc⟧\n",
        "ipsec ike pre-shared-key 1 text ⟦himitsu⟧\npp auth myname a@b ⟦ppp1⟧\nsnmp community read-only ⟦hp⟧\n",
    ]);
    silent(&[
        "    set name \"wan\"\n    set password-policy enable\n    set hostname FGT\n",
        "service password-encryption\nno enable secret\nsnmp-server location 2F\nip ssh version 2\n",
        "key chain branch\ncrypto key generate rsa modulus 2048\n",
        "administrator password *\n",
        "Password policy applies to all\nlogin password is required for every user\n",
    ]);
}

#[test]
fn a_secret_is_in_none_of_the_bytes_and_its_place_is_listed() {
    let text = "機器,パスワード\nNAS,ひみつ99\nPC,ひみつ98\n";
    for bytes in encodings(text) {
        assert!(holds(&bytes, "ひみつ99"));
        let struck = strike(&bytes, &words).unwrap().unwrap();
        assert!(!holds(&struck.bytes, "ひみつ9"));
        let places: Vec<(&str, String)> =
            struck.struck.iter().map(|one| (one.what.as_str(), one.locator.to_string())).collect();
        assert_eq!(places, [("パスワード", "line:2".to_owned()), ("パスワード", "line:3".to_owned())]);
    }
}

#[test]
fn torn_bytes_do_not_move_the_place_of_a_secret() {
    for junk in [&b"\xFF\xFE\xFD"[..], b"\x82", b"\xE3\x81", b"\x80\xA0"] {
        let bytes =
            [b"a,PW\n".as_slice(), &"あいうえおかきくけこさしすせそ".as_bytes().repeat(3), junk, b",Kinen2024\n"]
                .concat();
        let struck = strike(&bytes, &words).unwrap().unwrap();
        assert!(!holds(&struck.bytes, "Kinen"), "{junk:?}");
        assert!(struck.bytes.ends_with(b",***\n"), "{junk:?}");
    }
}

#[test]
fn what_is_no_text_is_left_alone() {
    let mut bytes = b"PW: abc123\n".to_vec();
    bytes.extend((0..4000_u32).map(|number| u8::try_from(number * 7 % 32).unwrap()));
    assert_eq!(strike(&bytes, &words), Ok(None));
    assert_eq!(strike(b"", &words), Ok(None));
}

#[test]
fn a_secret_in_a_very_long_line_is_found_wherever_pieces_meet() {
    for before in
        [PIECE_BYTES - 20, PIECE_BYTES - 12, PIECE_BYTES - 3, PIECE_BYTES, 3 * PIECE_BYTES - 2 * OVERLAP_BYTES - 5]
    {
        let text = format!("{} password=Kinen2024 {}", "x".repeat(before), "y".repeat(9000));
        let struck = strike(text.as_bytes(), &words).unwrap().unwrap();
        assert!(!holds(&struck.bytes, "Kinen2024"), "{before}");
        assert!(struck.bytes.len() > text.len() - 20);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn striking_never_panics_nor_grows_without_bound(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        text in "(PW|パスワード|net use|<Password>|set password|=|:|\"|,|\n|<|>|/|a|あ|1| ){0,60}",
    ) {
        for input in [bytes.as_slice(), text.as_bytes(), &utf16(&text)] {
            if let Ok(Some(struck)) = strike(input, &words) {
                prop_assert!(struck.bytes.len() <= input.len() * 7 + 16);
                prop_assert!(!struck.struck.is_empty());
            }
        }
    }
}

#[test]
fn keys_and_tokens_of_programs_are_secrets() {
    fires(&[
        "api_key: ⟦abc123def⟧\n",
        "apikey=⟦abc123def⟧\n",
        "\"access_token\": \"⟦9f8e7d6c5b⟧\"\n",
        "client_secret: ⟦Q~8abcDEF⟧\n",
        "Authorization: Bearer ⟦eyJhbGciOiJIUzI1NiJ9.e30.abc-_⟧\n",
        "id = ⟦AKIAIOSFODNN7EXAMPLE⟧\n",
        "aws_secret_access_key = ⟦wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY⟧\n",
    ]);
    silent(&["bearer network of the 2nd floor\n", "Asia Pacific region\n", "asiatic123456789012345\n"]);
}
