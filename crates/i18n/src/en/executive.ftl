# executive
executive-title = Executive page
executive-help = One page for five minutes a week. Each of the five boxes leads to what it rests on. Unknown does not mean good. It prints on the two sides of one A4 sheet.
executive-as-of = As of { $time }
executive-old = This page is more than a day old and may differ from the present state. Ask your IT desk whether imports and assessments are running.
executive-now = Where we stand
executive-sentence-checklist = Of { $all } items of the national checklist, { $proved } are proved, { $contradicted } are contradicted, { $not_yet } are answered as not done yet, and { $rest } can't be stated yet.
executive-sentence-overdue = {" "}{ $count ->
    [one] One has
   *[other] { $count } have
 } no target date, or are past it.
executive-sentence-danger = { $count ->
    [one] One problem could seriously harm patients.
   *[other] { $count } problems could seriously harm patients.
 }
executive-sentence-no-danger = The evidence at hand shows no serious problem that must be fixed at once.
executive-sentence-waiting = { $count ->
    [one] One matter is waiting for an executive decision.
   *[other] { $count } matters are waiting for an executive decision.
 }
executive-sentence-asks = Nothing is waiting for a decision. { $count } kinds of documents or exports would answer what is unknown.
executive-tile-good = good
executive-tile-caution = caution
executive-tile-danger = danger
executive-tile-unknown = unknown
executive-technical = Ask your IT desk to explain the details.
executive-waiting = Waiting for a decision: { $count }
executive-waiting-none = There is nothing to decide now.
executive-findings = The most serious problems
executive-findings-none = No problem was found that contradicts the evidence.
executive-places = { $count ->
    [one] See why (1 place)
   *[other] See why ({ $count } places)
 }
executive-do = To do:{" "}
executive-action = Ask your IT desk when it will be fixed.
executive-checklist = National checklist { $edition } ({ $all } items)
executive-items = Items executives check
executive-items-count = Items executives check ({ $proved } of { $all } proved)
executive-item-number = No.
executive-item-text = Item
executive-item-verdict = Evidence
executive-item-who = Checked by, and when
executive-nobody = nobody yet
executive-by-document = by document or ledger
executive-fails = This does not hold: { $title }.{" "}
executive-fails-technical = A technical rule does not hold.{" "}
executive-pdf = Newest report (PDF)
executive-report = All reports
executive-print = Print this page
executive-empty-title = Nothing has been assessed yet
executive-empty = Once evidence is imported, three sentences and five boxes here say where you stand. Ask your IT desk for the first import.
executive-empty-next = See what to do first

decision-help = Only the executive or an appointed deputy decides to stop a service, pay, publish, resume or accept a high risk. Any other attempt is refused and recorded.
decision-class-stop-service = Stop a service or a line
decision-class-ransom-policy = Policy on ransom
decision-class-publish = Publish
decision-class-resume = Resume
decision-class-accept-high-risk = Accept a high risk
decision-class-accept-risk = Accept a risk
decision-class-exception = Exception
decision-exception-title = Exception requested: { $subject }
decision-waiting = Waiting for a decision: { $count }
decision-none-waiting = Nothing is waiting for a decision. Requested exceptions and questions from administrators will be listed here.
decision-late = overdue
decision-until = decide by { $day }
decision-exception-until = exception until { $day }
decision-asked = Requested by { $who }.
decision-executive-only = Only the executive or an appointed deputy can decide this.
decision-administrator-too = The executive can decide this, or an administrator who did not request it.
decision-ask = Ask the executive for a decision
decision-ask-go = Ask for the decision
decision-class = Kind
decision-what = What to decide
decision-why = Why
decision-options = Options
decision-options-hint = One per line, { $most } at most. Leave empty for yes or no.
decision-due = Decide by
decision-due-hint = For example 2026-11-30 or R8.11.30.
decision-decided = Decided
decision-none-decided = Nothing has been decided yet.
decision-outcome = Outcome
decision-approved = approved
decision-refused = refused
decision-remark = Reason for the decision
decision-remark-hint = Required for a refusal. It is kept on record.
decision-asked-by = Requested by
decision-decided-by = Decided by
decision-decided-at = Decided at
decision-as-deputy = { $who } (deputy for { $of })
decision-fails = What should hold
decision-now = Present verdict
decision-now-count = { $verdict } ({ $fails } of { $all } fail)
decision-patients = What it means for patients
decision-subject = Subject
decision-last-day = Last day of the exception
decision-evidence-quality = evidence: { $format }, { $grade }, { $days } days old
decision-by-hand = a ledger that people write
decision-controls = What is done instead, with its evidence
decision-see-check = See what was found
decision-decide = Decide
decision-choose = Which one?
decision-approve = Approve
decision-refuse = Refuse
decision-go = Confirm the decision
decision-back = Back to decisions
decision-denied = This was not decided
decision-denied-executive-only = Only the executive or an appointed deputy can decide this. If needed, ask the executive to appoint a deputy.
decision-denied-not-yours = Only the executive, a deputy or an administrator can decide this.
decision-denied-own-request = You can't decide your own request, nor one of the person you stand in for or, as an administrator, of the person who made your link. Ask somebody else in charge.
decision-denied-recorded = Nothing was changed. This attempt was recorded.
decision-was-decided = { $detail } has already decided this. Nothing was changed. See the outcome in the list.
decision-no-reason = A question and a reason are needed, each within { $detail } characters. A refusal needs its reason.
decision-no-outcome = Choose to approve or to refuse.
decision-no-choice = Choose one of the options.
decision-no-class = Choose the kind of decision.
decision-bad-day = "{ $detail }" can't be used. Write a day within one year from today, such as 2026-11-30 or R8.11.30.
decision-bad-options = Give at most { $detail } options, all of them different.

reports-help = A report is made from the evidence of that moment and does not change later. Its hash values are kept in the ledger, so a changed copy is detected.
reports-intro = Make a report from the present evidence, for inspections and the board. You can use other pages in the meantime.
reports-make = Make a report
reports-wait = A report is being made. It will be listed here.
reports-empty = There are no reports yet.
reports-list = Reports
reports-asked-at = Requested at
reports-asked-by = Requested by
reports-state = State
reports-files = Files
reports-waiting = in progress
reports-made = ready
reports-failed = failed; make it again
reports-file-report-pdf = Report (PDF)
reports-file-report-html = Report (HTML)
reports-file-report-xlsx = Report (Excel)
reports-file-report-json = Report (JSON)
reports-file-checklist-pdf = Checklist (PDF)
reports-file-checklist-html = Checklist (HTML)
executive-report-file = accountability report
executive-report-checklist-file = checklist
