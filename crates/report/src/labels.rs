//! Every word the renderers add to the texts of a report, in both languages.

use base::{Grade, Lang, Mark, Severity, Verdict};

use crate::model::{Answer, Standing, TaskState, TileState};

/// A word or sentence in both languages; neither can be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) ja: &'static str,
    pub(crate) en: &'static str,
}

impl Label {
    pub(crate) const fn get(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Ja => self.ja,
            Lang::En => self.en,
        }
    }
}

macro_rules! labels {
    ($($name:ident: $ja:literal, $en:literal;)*) => {
        $(pub(crate) const $name: Label = Label { ja: $ja, en: $en };)*
        #[cfg(test)]
        const ALL: &[Label] = &[$($name),*];
    };
}

labels! {
    TITLE: "情報セキュリティ 説明責任レポート", "Information security accountability report";
    ANNEX: "別紙　根拠と説明", "Annex: evidence and explanations";
    CHECKLIST_TITLE: "サイバーセキュリティ対策チェックリスト 回答書", "Cybersecurity checklist: answers";
    SITE: "施設名", "Site";
    BEDS: "床", " beds";
    DOCUMENT_NUMBER: "文書番号", "Document no.";
    MADE_ON: "作成日", "Made on";
    PREPARED_BY: "作成", "Prepared by";
    PROGRAM: "プログラム", "Program";
    STAMP_1: "院長", "Director";
    STAMP_2: "責任者", "Manager";
    STAMP_3: "担当", "Staff";
    STATE_NOW: "今の状態", "State today";
    TILES: "分野ごとの状態", "By subject";
    COUNTS: "チェックリストの判定", "Checklist verdicts";
    ITEMS_TOTAL: "全項目", "Items";
    TODO: "これから行うこと", "What to do next";
    NOTHING_TO_DO: "いま行うことはありません。", "Nothing is waiting.";
    UNTIL: "まで", "by ";
    MORE: "ほか", "and ";
    MORE_UNIT: "件", " more";
    REFUSED_COUNT: "読み取れなかったファイル・行", "Files or rows that could not be read";
    CHECKPOINT: "記録の証明", "Proof of the record";
    CHECKPOINT_HINT: "この報告のもとになった記録の指紋です。後から書き換えられていないことを確かめられます。", "Fingerprint of the records behind this report. It shows that nothing was changed later.";
    CHECKPOINT_SHORT: "記録の指紋", "Record fingerprint";
    NO_CHECKPOINT: "記録の指紋はまだありません。", "There is no fingerprint of the records yet.";
    CHECKPOINT_SIZE: "記録の件数", "Entries";
    CHECKPOINT_ROOT: "根のハッシュ", "Root hash";
    CHECKPOINT_NOTE: "署名付きの記録全文", "The whole signed note";
    SEE_ANNEX: "根拠は別紙にあります。", "The evidence is in the annex.";
    WORDS: "判定の言葉", "The words of verdicts";
    WORD: "判定", "Verdict";
    MEANING: "意味", "Meaning";
    GRADES: "根拠の強さ", "How good evidence is";
    GRADE: "強さ", "Grade";
    ITEMS: "項目ごとの判定と根拠", "Items, verdicts and evidence";
    ANSWER: "回答", "Answer";
    ANSWERED_BY: "回答者", "Answered by";
    CHECKED_ON: "確認日", "Checked on";
    TARGET_ON: "目標日", "Target date";
    WHY: "理由", "Reason";
    NUMBER: "項番", "No.";
    ITEM: "項目", "Item";
    SECTION: "区分", "Section";
    CATEGORY: "予防・是正", "Kind";
    YES_NO: "はい・いいえ", "Yes / No";
    BASIS: "根拠", "Evidence";
    CHECKLIST: "チェックリスト", "Checklist";
    EDITION: "版", "Edition";
    EVIDENCE: "根拠", "Evidence";
    EVIDENCE_NONE: "根拠となるファイルはまだありません。", "There is no evidence yet.";
    WHAT: "内容", "What";
    VALUE: "値", "Value";
    SUBJECT: "対象", "Subject";
    FILE: "ファイル", "File";
    PLACE: "場所", "Place";
    HASH: "ハッシュ（SHA-256）", "Hash (SHA-256)";
    OBSERVED: "観測日", "Observed";
    AGE: "経過日数", "Age in days";
    DAYS_AGO: "日前", " days ago";
    TODAY: "当日", "today";
    STALE_NOTE: "期限切れ", "out of date";
    NO_FILE: "（ファイルなし・申告）", "(no file: a statement)";
    CHECKS: "確認した内容", "Checks";
    CHECK: "確認", "Check";
    CHECK_RESULT: "結果", "Result";
    HOLDS: "満たす", "holds";
    FAILS: "満たさない", "fails";
    UNDECIDED: "不明", "unknown";
    OUT_OF_DATE: "期限切れ", "out of date";
    LEFT_OUT: "対象外", "not applicable";
    FINDINGS: "指摘（証拠と矛盾していること）", "Findings (contradicted by evidence)";
    NO_FINDINGS: "証拠と矛盾していることは見つかっていません。不明な項目は「不明と確認方法」をご覧ください。", "Nothing is contradicted by evidence. For what is unknown see \u{201c}Unknown, and how to get to know\u{201d}.";
    SEVERITY: "重さ", "Severity";
    FINDING: "指摘", "Finding";
    MEANS: "困ること", "What it means";
    FIX: "行うこと", "What to do";
    SUBJECTS: "対象", "Subjects";
    ASKS: "不明と確認方法", "Unknown, and how to get to know";
    ASK_WHAT: "必要なもの", "What is needed";
    ASK_HOW: "確認の方法", "How to get it";
    ASK_FOR: "答えが出る項目", "Items it answers";
    NO_ASKS: "確認方法の案内はありません。", "Nothing to ask for.";
    EXCEPTIONS: "例外", "Exceptions";
    EXCEPTION: "例外", "Exception";
    NO_EXCEPTIONS: "例外はありません。", "There are no exceptions.";
    COVERS: "対象", "Covers";
    REASON: "理由", "Reason";
    COMPENSATION: "代わりの対策", "Done instead";
    APPROVED_BY: "承認者", "Approved by";
    APPROVED_ON: "承認日", "Approved on";
    EXPIRES_ON: "期限", "Expires on";
    EXPIRED: "期限が過ぎています。例外として数えていません。", "Expired: it no longer counts.";
    IN_FORCE: "有効", "In force";
    STATE: "状態", "State";
    TASKS: "作業", "Tasks";
    NO_TASKS: "作業はありません。", "There are no tasks.";
    OWNER: "担当", "Owner";
    DUE_ON: "期日", "Due";
    TASK: "作業", "Task";
    REFUSED: "読み取れなかったもの", "What could not be read";
    NO_REFUSED: "読み取れなかったものはありません。", "Everything was read.";
    REFUSED_HINT: "次のファイルや行は読み取れなかったため、判定に使っていません。", "These files or rows could not be read and count for nothing.";
    SUMMARY: "要約", "Summary";
    MARK_HINT: "原本未確認の文言・番号には印を付けています。", "Wording or numbers not checked against the original are marked.";
    LEFT_OUT_HINT: "対象外の項目は分母に含めません。", "Items that do not apply are outside the denominator.";
    FORM_HINT: "「はい」「いいえ」は施設の回答、「判定」は証拠から求めた結果です。", "Yes and No are the site's answers; the verdict follows from evidence.";
    NOT_ANSWERED: "未回答", "not answered";
    IMAGINARY: "見本", "Sample";
}

/// 証明 and the others.
pub(crate) const fn standing(standing: Standing) -> Label {
    match standing {
        Standing::NotYet => Label { ja: "未対応", en: "Not yet" },
        Standing::Is(verdict) => verdict_word(verdict),
    }
}

const fn verdict_word(verdict: Verdict) -> Label {
    match verdict {
        Verdict::Proved => Label { ja: "証明", en: "Proved" },
        Verdict::Contradicted => Label { ja: "矛盾", en: "Contradicted" },
        Verdict::Attested => Label { ja: "申告のみ", en: "Claimed" },
        Verdict::Stale => Label { ja: "期限切れ", en: "Stale" },
        Verdict::Unknown => Label { ja: "不明", en: "Unknown" },
    }
}

/// A shape that tells verdicts apart without colour.
pub(crate) const fn standing_shape(standing: Standing) -> &'static str {
    match standing {
        Standing::NotYet => "□",
        Standing::Is(Verdict::Proved) => "◎",
        Standing::Is(Verdict::Contradicted) => "×",
        Standing::Is(Verdict::Attested) => "△",
        Standing::Is(Verdict::Stale) => "▽",
        Standing::Is(Verdict::Unknown) => "？",
    }
}

/// What a verdict means, for the annex.
pub(crate) const fn standing_meaning(standing: Standing) -> Label {
    match standing {
        Standing::Is(Verdict::Proved) => Label {
            ja: "機械が出した期限内の証拠で、満たしていることが示されています。良いと言えるのはこれだけです。",
            en: "Machine evidence in time shows that it holds. Only this counts as good.",
        },
        Standing::Is(Verdict::Contradicted) => Label {
            ja: "証拠が、満たしていないことを示しています。",
            en: "Evidence shows the opposite, whatever was answered.",
        },
        Standing::NotYet => Label {
            ja: "施設が「いいえ」と答え、いつまでに行うか（目標日）を示しています。良いとは数えません。",
            en: "The site answers no and says until when. It does not count as good.",
        },
        Standing::Is(Verdict::Attested) => Label {
            ja: "人の申告や文書はありますが、機械の証拠ではまだ確かめていません。",
            en: "A person or a document says so; no machine evidence has shown it yet.",
        },
        Standing::Is(Verdict::Stale) => Label {
            ja: "以前の証拠はありますが、古くなったため数えていません。取り直しが必要です。",
            en: "There was evidence, but it is too old to count. Take it again.",
        },
        Standing::Is(Verdict::Unknown) => Label {
            ja: "まだ誰も示していません。良いとも悪いとも言えません。",
            en: "Nobody has shown anything yet; it may be good or bad.",
        },
    }
}

/// 良, 注意, 危険, 不明.
pub(crate) const fn tile(state: TileState) -> Label {
    match state {
        TileState::Good => Label { ja: "良", en: "Good" },
        TileState::Caution => Label { ja: "注意", en: "Caution" },
        TileState::Danger => Label { ja: "危険", en: "Danger" },
        TileState::Unknown => Label { ja: "不明", en: "Unknown" },
    }
}

/// A shape that tells tiles apart without colour.
pub(crate) const fn tile_shape(state: TileState) -> &'static str {
    match state {
        TileState::Good => "◎",
        TileState::Caution => "△",
        TileState::Danger => "×",
        TileState::Unknown => "？",
    }
}

/// はい, いいえ, 対象外.
pub(crate) const fn answer(answer: Answer) -> Label {
    match answer {
        Answer::Yes => Label { ja: "はい", en: "Yes" },
        Answer::No => Label { ja: "いいえ", en: "No" },
        Answer::NotApplicable => Label { ja: "対象外", en: "N/A" },
    }
}

/// 緊急 and the others.
pub(crate) const fn severity(severity: Severity) -> Label {
    match severity {
        Severity::Critical => Label { ja: "緊急", en: "Critical" },
        Severity::High => Label { ja: "高", en: "High" },
        Severity::Medium => Label { ja: "中", en: "Medium" },
        Severity::Low => Label { ja: "低", en: "Low" },
    }
}

/// 機械, 文書, 申告.
pub(crate) const fn grade(grade: Grade) -> Label {
    match grade {
        Grade::Machine => Label { ja: "3 機械", en: "3 machine" },
        Grade::Document => Label { ja: "2 文書", en: "2 document" },
        Grade::Stated => Label { ja: "1 申告", en: "1 stated" },
    }
}

/// What a grade means, for the annex.
pub(crate) const fn grade_meaning(grade: Grade) -> Label {
    match grade {
        Grade::Machine => Label {
            ja: "機械が自分の状態を報告した、または別の機械を観測した記録です。",
            en: "A machine reported its own state or observed another machine.",
        },
        Grade::Document => Label {
            ja: "文書、手で書いた台帳、または「こうするつもり」の設定です。",
            en: "A document, a ledger kept by hand, or a setting as it was intended.",
        },
        Grade::Stated => Label { ja: "人がそう述べたものです。", en: "Somebody said so." },
    }
}

/// Shown after a text whose original was not seen; `None` if it was.
pub(crate) const fn mark(mark: Mark) -> Option<Label> {
    match mark {
        Mark::Seen => None,
        Mark::Press => Some(Label { ja: "原本未確認（報道等による）", en: "original not seen (press)" }),
        Mark::Inferred => {
            Some(Label { ja: "原本未確認（断片からの推定）", en: "original not seen (inferred)" })
        }
        Mark::Unverified => Some(Label { ja: "原本未確認", en: "original not seen" }),
    }
}

/// 未完了, 期日超過, 完了.
pub(crate) const fn task_state(state: TaskState) -> Label {
    match state {
        TaskState::Open => Label { ja: "未完了", en: "open" },
        TaskState::Overdue => Label { ja: "期日超過", en: "overdue" },
        TaskState::Done => Label { ja: "完了", en: "done" },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_label_is_empty_in_either_language() {
        for label in ALL {
            assert!(!label.ja.trim().is_empty() && !label.en.trim().is_empty(), "{label:?}");
        }
    }

    #[test]
    fn every_standing_has_its_own_word_and_shape() {
        for (index, one) in Standing::ALL.into_iter().enumerate() {
            for other in &Standing::ALL[index + 1..] {
                assert_ne!(standing(one).ja, standing(*other).ja);
                assert_ne!(standing(one).en, standing(*other).en);
                assert_ne!(standing_shape(one), standing_shape(*other));
            }
        }
    }
}
