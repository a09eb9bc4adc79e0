#!/usr/bin/env python3
"""Writes the seeds that are no sample files: expressions and packs from packs/, small archives, workbooks and tables.

Called by seed.sh. Needs nothing but Python's standard library and makes the same files every time.
"""

import io
import json
import re
import tomllib
import zipfile
from pathlib import Path

FUZZ = Path(__file__).resolve().parent
CORPUS = FUZZ / "corpus"
PACKS = FUZZ.parent / "packs"
# Not the day the script runs: the same seeds every time.
DAY = (2026, 4, 1, 9, 30, 0)


def write(target, seeds):
    """One file for each seed, numbered."""
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for count, seed in enumerate(seeds, 1):
        (folder / f"own-{count}").write_bytes(seed if isinstance(seed, bytes) else seed.encode())
    print(f"{target}: {count} own seeds")


def tables_of(pattern, name):
    """Every table `name` of the pack files that match."""
    for path in sorted(PACKS.glob(pattern)):
        yield from tomllib.loads(path.read_text(encoding="utf-8")).get(name, [])


def expressions():
    """What the packs ask, with every key replaced by one of the fuzz target's dictionary."""
    types = {fact["key"]: fact["type"] for fact in tables_of("facts/*.toml", "fact")}

    def replace(match):
        key = match[0]
        return f"{key.split('.')[0]}.{types[key]}{1 + sum(key.encode()) % 2}" if key in types else key

    for check in tables_of("checks/*.toml", "check"):
        for field in ("when", "expect"):
            if field in check:
                # Texts keep what they say; only what stands outside quotation marks is a key.
                parts = check[field].split("'")
                parts[::2] = [re.sub(r"[a-z]+\.[a-z0-9_]+", replace, part) for part in parts[::2]]
                yield "'".join(parts)
    yield "asset.text1 like 'win*1?'\0Windows 11"
    yield "version_lt(asset.text1, '7.2.4b') or version_le(asset.text2, site.text1)\0v6.4.9"
    yield "not (asset.list1 within ['a', 'b']) and asset.list2 contains asset.text1\0a b"
    yield "asset.date1 < today and age_days(asset.date2) >= -3 and asset.date1 != date('2026-04-01')"
    yield "asset.class in ['server', 'none'] and asset.integer1 in [1, -2] and not empty(asset.list1)"
    yield "(asset.bool1 = asset.bool2) = known(site.bool1) or size(asset.list1) > 2"


HEAD = """[pack]
id = "p"
title = { ja = "題", en = "t" }
[[check]]
id = "C-1"
subject = "asset"
title = { ja = "題", en = "t" }
severity = "high"
why = { ja = "題", en = "t" }
fix = { ja = "題", en = "t" }
ask = { ja = "題", en = "t" }
source = "s"
edition = "e"
mark = "seen"
"""


def packs():
    """The first lines of every pack file, and small whole files of the target's own dictionary."""
    for path in sorted(PACKS.glob("*/*.toml")):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        yield "".join(lines[:40])
    tests = '[[check.test]]\nname = "x"\nfacts = { "asset.n" = 3, "asset.l" = ["a"], "asset.d" = 2026-04-01 }\noutcome = "holds"\n'
    yield f"{HEAD}expect = \"asset.n >= 1 and asset.l contains 'a'\"\nroll_up = \"any\"\n{tests}"
    yield f"{HEAD}when = \"asset.class = 'pc'\"\nexpect = \"age_days(asset.d) < 400\"\nshare = 95\n{tests}today = 2026-05-01\n"
    yield '[booleans]\ntrue = ["有", "yes"]\nfalse = ["無"]\n[values]\n"asset.class" = { pc = ["ＰＣ"], server = ["サーバ"] }\n'


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:D3"/><sheetData>'
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>OS</t></is></c><c r="C1" s="1"><v>45383.5</v></c></row>'
    '<row r="2"><c r="A2"><v>1.5</v></c><c r="B2" t="b"><v>1</v></c><c r="C2" t="e"><v>#REF!</v></c><c r="D2" t="str"><f>A1</f><v>x</v></c></row>'
    '<row r="3"><c r="A3" s="2"><v>3.25</v></c><c r="B3" t="d"><v>2026-04-01T00:00:00</v></c></row>'
    '</sheetData><mergeCells count="1"><mergeCell ref="A1:A3"/></mergeCells></worksheet>'
)
STRINGS = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="2" uniqueCount="2"><si><t>端末名</t></si><si><r><t>a</t></r><rPh><t>b</t></rPh></si></sst>'
STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy/mm/dd"/></numFmts>'
    '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="46"/></cellXfs></styleSheet>'
)
WORKBOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<workbookPr date1904="1"/><sheets><sheet name="資産" sheetId="1" state="hidden" r:id="rId1"/></sheets><definedNames><definedName name="n">a!$A$1</definedName></definedNames></workbook>'
)
CONTENT_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)


def archive(entries, method=zipfile.ZIP_DEFLATED):
    """A zip of `(name, content)`."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as file:
        for name, content in entries:
            file.writestr(zipfile.ZipInfo(name, DAY), content, method)
    return packed.getvalue()


def workbook(method):
    return archive(
        [
            ("[Content_Types].xml", CONTENT_TYPES),
            ("_rels/.rels", PACKAGE),
            ("xl/_rels/workbook.xml.rels", RELATIONS),
            ("xl/workbook.xml", WORKBOOK),
            ("xl/styles.xml", STYLES),
            ("xl/sharedStrings.xml", STRINGS),
            ("xl/worksheets/sheet1.xml", SHEET),
        ],
        method,
    )


def tables():
    yield "端末名,OS,台数\r\nehr-01,Windows 11,3\r\n\"a\"\"b\",\"c\nd\",\r\n"
    yield "端末名\tOS\r\n電子カルテ\tWindows\r\n".encode("cp932")
    yield "端末名;OS\r\na;b\r\n".encode("utf-16")
    yield workbook(zipfile.ZIP_DEFLATED)
    yield workbook(zipfile.ZIP_STORED)
    # The parts of a workbook as the fuzz target packs them.
    yield SHEET
    yield "\x1e".join([SHEET, STRINGS, STYLES])
    yield "\x1e".join([SHEET, STRINGS, STYLES, WORKBOOK])


def archives():
    inner = archive([("a.csv", "a,b\n1,2\n")])
    yield inner
    yield archive([("audit/audit.csv", "a" * 5000), ("inner.zip", inner), ("folder/", ""), ("A.csv", "x"), ("a.csv", "y")])
    yield archive([("a.txt", "stored"), ("../b.txt", "x"), ("c:\\d.txt", "x"), ("e\\f.txt", "x")], zipfile.ZIP_STORED)
    yield archive([("bzip", "a" * 100)], zipfile.ZIP_BZIP2)
    yield archive([("zero", bytes(100_000))])
    yield archive([])
    legacy = bytearray(archive([("aa", "x")], zipfile.ZIP_STORED))
    yield bytes(legacy).replace(b"aa", "資".encode("cp932"))
    yield b"rubbish before" + inner + b"rubbish behind"


def policies():
    groups = (
        '<?xml version="1.0" encoding="utf-8"?><Groups clsid="{3125E937-EB16-4b4c-9934-544FC6D24D26}"><User name="a">'
        '<Properties action="U" cpassword="j1Uyj3Vx8TY9LtLZil2uAuZkFQA/4latT76ZwgdHdhw" userName="a"/></User></Groups>'
    )
    yield groups
    yield groups.encode("utf-16")
    yield "<a cpassword = 'x' CPASSWORD=y cpassword=z 'w'>"
    yield (
        '<GPO xmlns="http://www.microsoft.com/GroupPolicy/Settings"><Identifier><Identifier>{1}</Identifier><Domain>d</Domain></Identifier>'
        "<Name>n &amp; &#x7aef;</Name><LinksTo><SOMPath>d/a</SOMPath><Enabled>true</Enabled><NoOverride>false</NoOverride></LinksTo></GPO>"
    )


def catalogues():
    entry = {
        "cveID": "CVE-2018-13379",
        "vendorProject": "Fortinet",
        "product": "FortiOS",
        "vulnerabilityName": "x",
        "dateAdded": "2021-11-03",
        "shortDescription": "x",
        "requiredAction": "x",
        "dueDate": "2022-05-03",
        "knownRansomwareCampaignUse": "Known",
        "notes": "",
        "cwes": ["CWE-22"],
    }
    whole = {"title": "t", "catalogVersion": "2025.08.25", "dateReleased": "2025-08-25T17:00:03.6217Z", "count": 2}
    yield json.dumps(whole | {"vulnerabilities": [entry, entry | {"knownRansomwareCampaignUse": "Unknown"}]})


def products():
    yield json.dumps([{"cycle": "22.04", "eol": "2027-04-01", "lts": True, "latest": "22.04.3", "support": False, "releaseDate": "2022-04-21"}])
    yield json.dumps({"schema_version": "1.2.0", "result": {"name": "a", "label": "A", "releases": [{"name": "1", "isEol": False, "eolFrom": "2027-04-01"}]}})


def secrets():
    table = "端末名,ユーザー名,パスワード,備考\r\nehr-01,admin,Kinen2024!,PW:abc123\r\nehr-02,user,***,なし\r\n"
    yield table
    yield table.encode("cp932")
    yield table.encode("utf-16")
    yield "net use Z: \\\\server\\share Kinen2024 /user:admin\npsexec -u a -p b\ncurl -u a:b https://c:d@example.jp/\n"
    yield "config system admin\n set password ENC AK1abc\nsnmp-server community public RO\nenable secret 5 $1$abc\n"
    yield '$a = ConvertTo-SecureString "Kinen2024" -AsPlainText -Force\n"DefaultPassword"="x"\n"Key"=hex:01,02\n'
    yield "<AutoLogon><Password><Value>abc</Value></Password></AutoLogon><Properties cpassword=\"x\"/>"
    yield "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\nパスワードはKinen2024です。\n"
    yield workbook(zipfile.ZIP_STORED)
    # A sheet and shared strings as the fuzz target packs them.
    yield "\x1e".join([SHEET, STRINGS])


def rules():
    """Sigma rules with every modifier, kind of correlation and filter."""
    head = "title: t\nid: r{0}\nname: n{0}\nlogsource: {{product: windows{1}}}\nlevel: high\ndetection:\n"
    values = [
        "Image|endswith: ['\\\\cmd.exe', '\\\\p?wer*.exe']",
        "CommandLine|contains|all|windash: ['-enc', ' -a -b ']",
        "CommandLine|base64offset|contains: 'IEX '",
        "CommandLine|wide|base64offset|contains: ['http://', 'https://']",
        "CommandLine|utf16|base64: cmd",
        "CommandLine|re|i|m|s: '(?:net|net1)\\.exe\\s+user{1,3}[a-z]*$'",
        "IpAddress|cidr: ['10.0.0.0/8', 'fe80::/10']",
        "LogonType|gte: 3",
        "EventID: [4624, 4625, 0x1f]",
        "UtcTime|hour|lt: 6",
        "User|exists: false",
        "User|cased|startswith: SYS",
        "User|neq: null",
        "Image|fieldref|endswith: ParentImage",
        "User|expand: '%admins%'",
    ]
    source = ", category: process_creation"
    for number, value in enumerate(values):
        yield head.format(number, source if number % 2 else ", service: security") + f"  selection:\n    {value}\n  condition: selection\n"
    selections = "  a1: {User: x}\n  a2: [{User: y}, {Image: '*z'}]\n  keywords: [mimikatz, '*lsa*']\n  _b: {User: z}\n"
    for condition in ("1 of a* and not all of them", "(a1 or a2) and not (keywords or _b)", "2 of them", "['a1', 'not a2']"):
        yield head.format(1, "") + selections + f"  condition: {condition}\n"
    rule = head.format(1, "") + "  s: {EventID: 4625}\n  condition: s\n---\n"
    for kind, condition in (
        ("event_count", "{gte: 2}"),
        ("value_count", "{field: User, gt: 1, lte: 5}"),
        ("temporal", "{}"),
        ("temporal", "n1 and not r1"),
        ("temporal_ordered", "{gte: 1}"),
        ("value_percentile", "{field: a, percentile: 95, lt: 3}"),
    ):
        yield rule + f"title: c\ncorrelation:\n  type: {kind}\n  rules: [n1, r1]\n  group-by: [User]\n  aliases: {{User: {{n1: a}}}}\n  timespan: 5m\n  condition: {condition}\n"
    yield rule + "title: f\nlogsource: {product: windows}\nfilter:\n  rules: [r1]\n  x: {User|startswith: adm}\n  condition: not x\n"


def events():
    """Windows events as text, in every shape that is read."""
    system = (
        '<System><Provider Name="P" Guid="{1}"/><EventID Qualifiers="16384">7045</EventID><TimeCreated SystemTime="2026-04-01T00:30:00.1234567Z"/>'
        "<EventRecordID>42</EventRecordID><Correlation/><Channel>System</Channel><Computer>c</Computer></System>"
    )
    data = '<EventData><Data Name="A">a &amp; &#x3042;</Data><Data>b</Data><Data><![CDATA[<c>]]></Data></EventData>'
    user = '<UserData><E xmlns="urn:e"><B>b</B><C D="d"/></E></UserData><RenderingInfo Culture="ja-JP"><Message>m</Message></RenderingInfo>'
    whole = f'<?xml version="1.0" encoding="utf-8"?><Events><Event xmlns="urn:x">{system}{data}</Event><Event>{system}{user}</Event ></Events>'
    yield whole
    yield whole.encode("utf-16")
    yield f"<Event>{system}<Event>&a;</Event>{whole}"
    yield '{"Event":{"System":{"Provider":{"#attributes":{"Name":"P"}},"EventID":{"#attributes":{"Qualifiers":1},"#text":2}},"EventData":{"Data":{"#text":["a","b"]}}}}\n'
    yield '{"@timestamp":"2026-04-01T00:30:00.123Z","winlog":{"channel":"Security","event_id":4625,"event_data":{"A":"b"},"user_data":{"xml_name":"E"}},"host":{"name":"h"}}\n'
    yield '{"winlog.event_id":"1","winlog.event_data.A":1.5e3}\r\n{"Id":1,"TimeCreated":"/Date(1775003400123)/","LogName":"System","a":null,"b":true}\n'
    yield '{"EventTime":"2026-04-01 09:30:00","Hostname":"h","EventID":1073748869,"SourceName":"S","Channel":"C","TargetUserName":"x"}\n'


def syslog():
    """Messages of every device that is read, in both forms and framings."""
    for body in (
        'date=2026-04-01 time=09:30:00 devname="FGT" devid="FG1" logid="0100032001" type="event" subtype="system" level="notice" msg="a \\"b\\" c"',
        "%ASA-6-302013: Built outbound TCP connection 1 for outside:192.0.2.1/443 (192.0.2.1/443) to inside:10.0.0.1/5000 (10.0.0.1/5000)",
        "%ASA-4-106023: Deny tcp src outside:192.0.2.1/1 dst inside:10.0.0.1/2 by access-group \"a\" [0x0, 0x0]",
        "[INSPECT] PP[01][out][101] TCP 192.168.100.2:50000 > 192.0.2.1:443 (2026/04/01 09:30:00)",
        "LAN2: Rejected at IN(1012) filter: TCP 192.0.2.1:1 > 192.0.2.2:2",
        "Login succeeded for SSH: 192.168.100.2 admin",
        "sshd[123]: Failed password for invalid user admin from 10.0.0.9 port 50000 ssh2",
        "sudo:   sato : TTY=pts/0 ; PWD=/home/sato ; USER=root ; COMMAND=/usr/bin/id",
    ):
        yield f"<134>Apr  1 09:30:00 host {body}\n"
        yield f"<134>1 2026-04-01T09:30:00.123456+09:00 host app 12 ID - \ufeff{body}\n"
    yield '<165>1 2026-04-01T00:30:00Z h Veeam_MP - - [origin enterpriseId="31023"][categoryId=0 instanceId="190" JobID="x" Description="VM \\"a\\] b"] text\n'
    yield "5 <1>ab11 <13>x: hello<14>no end"


if __name__ == "__main__":
    write("event_text", events())
    write("syslog", syslog())
    write("sigma_rule", rules())
    write("check_expression", expressions())
    write("pack", packs())
    write("table", tables())
    write("archive", archives())
    write("secret", secrets())
    write("gpo_backup", policies())
    write("kev", catalogues())
    write("endoflife", products())
