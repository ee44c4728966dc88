/// Words without their English or Portuguese endings, so that the forms of a word meet: `streams`, `streaming`;
/// `cancelado`, `cancelamento`, `cancelei`.
///
/// One light stemmer for both, since a short question does not say its language. Plurals are those of Porter's step
/// 1a, of RSLP (Orengo and Huyck 2001) and of Savoy's light stemmers; English endings are Porter's steps 1b, 1c and
/// a few of 2 to 4; Portuguese ones are RSLP's commonest for verbs, nouns of action and gender. An ending that is
/// part of common words of the other language is named with its letters as a replacement of itself: `eam` keeps
/// `stream` from `-am`.
enum Stems {
    /// A word in lower case; only one of four and more ASCII letters has an ending to lose.
    static func shorten(_ word: inout [UInt8]) {
        guard word.allSatisfy({ $0.isSmallLetter }) else { return }
        if word.count <= longestForm, let form = forms[word] {
            word = form
        } else if word.count > 3 {
            StemTables.plurals.replace(in: &word)
            StemTables.endings.replace(in: &word)
            StemTables.lastEndings.replace(in: &word)
            settle(&word)
        }
    }

    /// What endings leave behind, made one: `cancell` and `cancel`, `catalogu` and `catalog`, `policy` and `polici`,
    /// `viagen` of the plural and `viagem`, `facil` and the `facel` of `fáceis`.
    private static func settle(_ word: inout [UInt8]) {
        let count = word.count
        guard count > 3 else { return }
        let last = word[count - 1]
        let before = word[count - 2]
        switch (before, last) {
        case (UInt8(ascii: "g"), UInt8(ascii: "u")): word.removeLast()
        case (UInt8(ascii: "q"), UInt8(ascii: "u")) where word[count - 3] != UInt8(ascii: "c"):
            word.replaceSubrange((count - 2)..., with: "c".utf8)
        case (_, UInt8(ascii: "y")) where !before.isVowel: word[count - 1] = UInt8(ascii: "i")
        case (_, UInt8(ascii: "m")) where before.isVowel && before != UInt8(ascii: "a"):
            word[count - 1] = UInt8(ascii: "n")
        case (UInt8(ascii: "i"), UInt8(ascii: "l")) where !word[count - 3].isVowel:
            word[count - 2] = UInt8(ascii: "e")
        case (UInt8(ascii: "l"), UInt8(ascii: "l")) where count > 5: word.removeLast()
        case (last, last) where !last.isVowel && !"lsz".utf8.contains(last): word.removeLast()
        default: break
        }
    }

    private static let forms: [[UInt8]: [UInt8]] = {
        let forms = StemTables.forms.split(separator: " ").map { $0.split(separator: ":").map { Array($0.utf8) } }
        return Dictionary(uniqueKeysWithValues: forms.map { ($0[0], $0[1]) })
    }()

    private static let longestForm = forms.keys.map(\.count).max() ?? 0
}
