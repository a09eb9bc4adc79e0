## Refused
refused-archive-entry = This file inside the archive was not taken ({ $detail }). Unpack it and import only what is needed.
refused-bad-archive = The archive can't be opened ({ $detail }). Unpack it and import again.
refused-gzip = Files compressed with gzip are not opened. Unpack them first, or hand in a zip.
refused-bad-cell = This cell can't be read ({ $detail }). Check its value.
refused-bad-record = This part can't be read ({ $detail }). The rest was imported.
refused-cannot-open = The file can't be opened ({ $detail }). Check the path and permissions.
refused-claim-in-document = Answers inside a document are not taken ({ $detail }). Put them into a file of kind = "checklist_answers".
refused-conflict = The same setting appears with different values ({ $detail }). Neither was used. Keep only the right one.
refused-clock-in-future = The file is dated in the future ({ $detail }). The time of receipt was used. Check the clock of the machine that wrote it.
refused-duplicate-row = A row with this number already exists ({ $detail }). This row was not applied. Check which one is right.
refused-link = Links are not followed. Name the file itself.
refused-no-identity = It is not clear what this is about ({ $detail }). Add an asset number or a host name.
refused-not-a-date = Not a date ({ $detail }). Write 2026-11-20.
refused-not-a-file = Not a file.
refused-name-not-expanded = The name of this file still holds a variable in place of the machine's name ({ $detail }). It is not clear which machine it is of, so it is kept apart from every other file. Export it again in PowerShell as administrator, or name the file after its machine, and hand it in again.
refused-not-a-number = Not a number ({ $detail }).
refused-not-an-address = Not an address ({ $detail }).
refused-not-yes-or-no = Write yes or no ({ $detail }).
refused-sheet-without-header = The headers of this sheet were not understood ({ $detail }). If it is not a ledger, leave it as it is.
refused-too-deep = Folders or archives are nested too deeply.
refused-too-large = Too large ({ $detail }). Export only what is needed, or change the limits in the configuration.
refused-too-many-files = Too many files (limit { $detail }). Import them in parts.
refused-too-many-addresses = A row may hold up to 8 addresses ({ $detail }). Give each device its own row.
refused-unknown-word = Not one of the known words ({ $detail }).
refused-unrecognised = The format is not known. The file is kept as evidence but is not used in any verdict.
unreadable-event-log = This could not be read as an event log ({ $detail }). Export it again with the event viewer or wevtutil.
unreadable-future = The date of issue is in the future ({ $detail }). Check the date. The content was not used.
unreadable-inf = Can't be read as a security template ({ $detail }). Export it again.
unreadable-json = Can't be read as JSON ({ $detail }). Export it again.
unreadable-no-header = No header row of a ledger was found. The first rows need headers such as asset number or host name.
unreadable-no-name = The file name does not tell whose settings these are ({ $detail }).
unreadable-registry-policy = Can't be read as registry.pol ({ $detail }). Export it again.
unreadable-secrets-inside = The file holds passwords or other secrets that can't be taken out ({ $detail }). It was not stored. Delete that column, or save the file again as .xlsx without protection, and hand it in again.
unreadable-signature = The signature is wrong. Ask the person who wrote it. The content was not used.
unreadable-too-many-cells = Not taken: it has more than { $detail } cells. Leave out rows and columns that are not needed, or hand it in in parts.
unreadable-statement = Can't be read as a statement ({ $detail }).
unreadable-answers-uploaded = Answers to checklists are not taken from uploaded files or programs. Give them on the page of the item, or with mamori claim.
unreadable-support-dates = Can't be read as support dates ({ $detail }).
unreadable-table = Can't be read as a table ({ $detail }). Check that Excel opens it.
unreadable-xml = Can't be read as XML ({ $detail }). Export it again.

## Import
progress-import = importing
import-applied = ✔ #{ $number } { $name }: { $accepted } records accepted, { $facts } facts recorded ({ $refused } refused)
import-known = = #{ $number } { $name }: the same content was received before; nothing was changed
import-unrecognised = ? #{ $number } { $name }: the format is not known; kept as evidence
import-unreadable = ✘ #{ $number } { $name }: can't be read; kept as evidence
import-withheld = ✘ { $name }: not taken. It holds secrets (such as passwords) that could not be taken out, so nothing was kept
import-previewed = … { $name }: differences of the ledger (not applied yet)
import-refused-file = ✘ { $name }: { $reason }
import-more-refused = {"    "}and { $count } more
import-struck = {"    "}a secret ({ $what }, { $place }) was taken out before storing
import-apply-question = Apply { $count } ledgers?
import-not-applied = { $count } ledgers are not applied yet. Look at the differences and run again with --yes.
preview-counts = {"    "}{ $added } new, { $changed } values changed, { $missing } no longer named, { $same } the same

## Verdict words
verdict-proved = proved
verdict-contradicted = contradicted
verdict-not-yet = not yet
verdict-attested = claimed
verdict-stale = stale
verdict-unknown = unknown

## Reasons
reason-check-proved = "{ $title }" is proved ({ $part } of { $all }).
reason-check-contradicted = { $part } of { $all } speak against "{ $title }".
reason-check-attested = "{ $title }" holds on paper ({ $part } of { $all }); no machine has shown it.
reason-check-stale = The evidence for "{ $title }" is too old ({ $part }).
reason-check-unknown = "{ $title }" is not known yet.
reason-check-not-applicable = "{ $title }" applies to nothing here.
reason-under-exception = "{ $title }" is under an approved exception with compensating controls.
reason-document = On file: { $document }.
reason-document-expired = { $document } expired on { $date }.
reason-elements-missing = { $document } does not contain: { $elements }.
reason-said-yes = The person in charge said yes.
reason-said-no = The person in charge said no, without a target date.
reason-said-no-until = The person in charge said no. The target date is { $date }.
reason-said-no-over = The person in charge said no. The target date { $date } is over.
reason-claim-not-enough = An answer alone is not enough; a document is needed.
reason-claim-too-old = The answer of { $date } is too old.
reason-nothing-submitted = Nothing has been handed in yet.
reason-more = { $count } more reasons.
reason-yes-against-evidence = The answer is yes, but the evidence says otherwise.

## Report
site-kind-hospital = hospital
site-kind-clinic = clinic
site-kind-pharmacy = pharmacy
site-unnamed = (no name set)
site-bad-id = The site id "{ $id }" can't be used. Use up to 60 characters without /.
site-unknown = There is no site "{ $id }". Check --site. A new one is made by `mamori import --site { $id } --name NAME …`.
summary-counts = Of { $all } items of the checklist ({ $title }): { $proved } proved, { $attested } claimed, { $contradicted } contradicted, { $not_yet } not yet (answered no), { $stale } stale, { $unknown } unknown.
summary-worst = { $grave } serious findings. First: "{ $title }" does not hold for { $subject }.
summary-only-minor = There is no serious finding. { $count } are of medium or low severity.
summary-no-finding = The evidence contradicts nothing.
summary-asks = { $count } kinds of exports or documents would answer what is not known.
summary-all-asked = No further export or document is needed.
ask-document = Hand in one of: { $documents } (`mamori claim document KIND FILE --by NAME`).
task-fix = { $subject }: { $fix }
task-fix-several = { $subject } and others ({ $count }): { $fix }
task-ask = Import the evidence that shows "{ $title }"
task-keep = Item { $number }: the target date { $date } is over. Finish it and answer yes, or set a new date
task-keep-no-date = Item { $number }: the answer no has no target date. Finish it and answer yes, or set a date
task-show = Item { $number }: hand in { $documents }
tile-outside = Outside connections
tile-backup = Backup
tile-detection = Detection, antivirus
tile-part-antivirus = antivirus
tile-part-logs = detection by logs
tile-vendors = Vendors, contracts
tile-drill = Preparation, drills
tile-nothing-known = no evidence yet
tile-contradicted = does not hold: { $title }
tile-overdue = target date over: { $title }
tile-not-yet = not done yet: { $title }
tile-unknown = unknown: { $title }
tile-stale = evidence too old: { $title }
tile-attested = claimed only: { $title }
tile-proved = all { $count } proved
tile-part = { $part } {"–"} { $reason }
tile-part-other-proved = { $part } {"–"} { $reason } ({ $proved }: proved)
pdf-missing-characters = { $name }: the font lacks "{ $characters }". Use the HTML report.
pdf-not-made = { $name } was not made ({ $detail }). Print the HTML report.
show-finding = {"  "}● { $title } … { $subjects } ({ $count })
assess-written = The report is in { $folder } ({ $read } files read).
assess-folder-taken = { $folder } holds other things. Name an empty folder with --out.
report-written = The report is in { $folder }.
assess-nothing-read = No readable evidence was found. Check the paths.

## Demo
demo-notice = This is a sample of an imaginary site.
demo-folder-taken = { $folder } holds other things. Name an empty folder with --out.
demo-planted = { $planted } weaknesses planted, { $found } found
demo-where = Evidence and reports: { $folder }

## Claims
claim-unknown-item = There is no item "{ $item }". See `mamori claim list`.
claim-unknown-kind = There is no kind of document "{ $kind }". Known: { $known }
claim-no-target = With "no", give the target date with --target.
claim-against-evidence = "{ $item }" contradicts the evidence and was not recorded ({ $checks }). Import evidence of the fixed state, or request an exception with compensating controls (`mamori exception request`).
claim-attached = 📎 #{ $number } { $name }: the document is kept as evidence
not-a-day = "{ $detail }" is not a date. Write 2026-11-20.

## Exceptions
exception-requested = Exception #{ $id } is requested. It takes effect only after somebody else has approved it (`mamori exception approve { $id } --who NAME`).
exception-approved = Exception #{ $id } is approved.
exception-revoked = Exception #{ $id } is revoked.
exception-unknown-check = There is no such check ({ $detail }). See the check ids in the report.
exception-no-reason = A reason and a person are needed.
exception-no-control = A compensating control with the number of its evidence is needed.
exception-unknown-evidence = There is no evidence of that number ({ $detail }). Import it first.
exception-bad-end = The last day must be within { $most } days from today ({ $detail }).
exception-executive-only = Only an executive may approve an exception from a check of critical or high severity. If an executive approves it, add --as executive.
exception-on-command-line = approved on the command line
exception-own-request = The requester may not approve it. Somebody else in charge has to.
exception-unknown = There is no such exception ({ $detail }).
exception-not-waiting = This exception has already been decided ({ $detail }).
exception-bad-control = Write "{ $detail }" as CONTROL=EVIDENCE NUMBER.

## Tasks
task-none = Nothing to do.
task-unknown = There is no open task #{ $id }.
task-assigned = #{ $id } is assigned to { $owner }.

## Ledger
ledger-empty = The ledger is still empty.
ledger-exported = { $entries } entries exported to { $folder }. A third party verifies them with tools/verify_ledger.py.
ledger-sound = No problems found. { $entries } entries and { $blobs } pieces of evidence verified.
ledger-damaged = { $problems } problems ({ $entries } entries, { $blobs } pieces of evidence verified). Copy the data directory, change nothing, and tell the person in charge.
ledger-facts-differ = the facts read from evidence #{ $number } ({ $name }) differ from the ledger
ledger-facts-misfiled = facts of evidence #{ $number } are filed under another site
packs-overlaid = check definitions replaced or added by this installation: { $files }
ledger-clock-back = entry { $entry } of the ledger is dated { $minutes } minutes before the one in front of it: the clock of the server went back.
ledger-row-differs = table { $table }, row { $id }: { $fields } differs from entry { $entry }
ledger-row-missing = table { $table }, row { $id }: missing, though entry { $entry } tells of it
ledger-row-extra = table { $table }, row { $id }: no entry of the ledger tells of it
ledger-facts-orphaned = there are facts of evidence #{ $number }, which the ledger does not have

## Other
fact-counts = {"  ← counts now"}
fact-unknown-subject = Nothing is known about "{ $subject }".
job-failed = The assessment failed ({ $detail }). Run `mamori job run` again later.
job-done = { $count } jobs done.
config-good = The configuration is good.
doctor-data-good = The data directory { $folder } can be used ({ $sites } sites).
doctor-data-bad = The data directory or database can't be used: { $detail }
doctor-packs-good = { $checks } checks and { $frameworks } checklist editions loaded.
doctor-pdf-good = PDF reports can be made.
doctor-pdf-missing = PDF reports can't be made. Install Debian's fonts-morisawa-bizud-gothic and build again. HTML and Excel work.
doctor-tool-there = { $program } is there ({ $purpose }).
doctor-tool-missing = { $program } is not there ({ $purpose }). If you need it: `apt-get install { $package }`.
doctor-nmap = find the devices on the network
doctor-psql = inspect PostgreSQL

## Trouble
trouble-config = The configuration has a problem: { $detail }
trouble-disk-full = The disk is full. Free some space and run again. What was shown as received is not lost. ({ $detail })
trouble-database-gone = The database can't be reached. Check that it runs and that the address is right. ({ $detail })
trouble-busy = Something else is using it. Wait a moment and run again. ({ $detail })
trouble-read-only = Can't write. Check the permissions of the data directory. ({ $detail })
trouble-corrupt = The database is damaged. Copy the data directory, then restore from a backup. ({ $detail })
trouble-store = It could not be saved; nothing was changed. ({ $detail })
trouble-other = It could not be done: { $detail }
trouble-key-missing = The key of the ledger (ledger-key.pem) is not in { $folder }. Restore it from its copy. No new key was made.
trouble-no-installation = There is no data in { $folder }. Check --data.
trouble-ledger = The end of the ledger is damaged, so writing was stopped. See `mamori ledger verify`. ({ $detail })
