# alerts
alert-at = Time
alert-bad-day = This is no date. Write it like 2026-11-30.
alert-bad-until = An alert can stay quiet for { $detail } days from today at most.
alert-changed = Changed last by
alert-computer = Computer
alert-decide = Decide
alert-details = What the rule looked at
alert-digest-check = This is a draft. Read it again: no machine or person should be named. Saving shows it on the page for staff.
alert-digest-harmless = The IT desk looked into it; all is well.
alert-digest-help = The alerts of the last seven days, worded for staff, without names of machines or people. Publish it as a notice, paste it into a mail, or print the page for staff on A4.
alert-digest-incident = We are dealing with it as an incident.
alert-digest-kind = - { $title }: { $meaning } { $standing }
alert-digest-kinds = { " " }{ $count ->
    [one] One kind of thing deserved a closer look.
   *[other] { $count } kinds of things deserved a closer look.
 }
alert-digest-no-logs = No records of machines came in during the last seven days. This does not mean that nothing happened.
alert-digest-nothing = { " " }Nothing that deserved a closer look was found. Nobody knows about machines that were not looked at.
alert-digest-open = The IT desk is looking into it.
alert-digest-request = If something looks wrong, call at once. A false alarm is fine.
alert-digest-searched = During the last seven days { $logs ->
    [one] one record of machines was
   *[other] { $logs } records of machines were
 } searched.
alert-digest-subject = What we watched this week
alert-digest-title = Write a digest for staff
alert-due = Due
alert-empty-filter = Nothing fits these choices.
alert-empty-no-logs = No event log was searched yet. In an administrator's PowerShell of a server run { $run } and hand the file in under Import.
alert-empty-nothing = No rule fired in the logs that were searched. Nobody knows about machines that were not looked at.
alert-event = Event
alert-events = The events behind it
alert-faster = { $detail } was faster. Open the page again.
alert-filter-all = all
alert-first-action = What to do first
alert-grown = New events came in while you were writing. Open the page again and look at them first.
alert-handed-to = Whom did you tell what?
alert-harmless = It turned out harmless
alert-harmless-go = Record as harmless
alert-harmless-hint = For example: maintenance on 20 November, confirmed with the vendor by telephone.
alert-help = What rules found in the event logs that were handed in: one alert for each rule and computer. Nothing is known about machines whose logs were never searched.
alert-hits = Times
alert-in-force = In force
alert-in-force-yes = in force
alert-incident = Hand it over as an incident
alert-incident-go = Record the hand-over
alert-incident-hint = Telephone first. This keeps who was told what.
alert-last = Last time
alert-level = Severity
alert-level-informational = for information
alert-lost = { $count ->
    [one] One place
   *[other] { $count } places
 } could not be read. Nobody knows what was there.
alert-meaning = What it means
alert-more = The newest { $shown } of { $all } are shown.
alert-needs = What it needs besides
alert-no-computer = not known
alert-no-reason = Write the reason, for whoever reads this later.
alert-not-in-force = not in force
alert-note = Reason given
alert-owner = Owner
alert-quiet-until = Quiet until
alert-again-go = Look into it again
alert-rule-gone = The present edition no longer has this rule.
alert-rules-help = What is looked for. A rule that waits does nothing until the site has told what it needs, in rules/site.toml of the packs folder.
alert-rules-title = What is looked for
alert-searched = Searched so far: event logs { $logs }, events { $events }.
alert-source = Source
alert-span = Period
alert-state = State
alert-state-harmless = harmless
alert-state-incident = incident
alert-state-open = open
alert-take = Owner and day
alert-take-go = Record owner and day
alert-title = Alerts
alert-until-hint = If the same happens after this day, the alert comes back. Three months at most.
alert-waits-for = waits for: { $what }
alert-what = What happened
alert-why = Reason
