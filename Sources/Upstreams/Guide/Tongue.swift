/// The languages that the guide can say in which it found nothing; its passages are English.
enum Tongue: String, CaseIterable {
    case english, japanese, chinese, korean, russian, arabic, hindi, spanish, portuguese, french, german, italian

    /// The language a question is written in; English where nothing speaks for another.
    init(of text: String) {
        self = Self.byScript(text) ?? Self.bySmallWords(text)
    }

    private static func byScript(_ text: String) -> Tongue? {
        var counts: [Tongue: Int] = [:]
        var hasKana = false
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x3040...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF9D: hasKana = true
            case 0x3400...0x9FFF, 0xF900...0xFAFF, 0x20000...0x323AF: counts[.chinese, default: 0] += 1
            case 0x1100...0x11FF, 0x3130...0x318F, 0xAC00...0xD7AF: counts[.korean, default: 0] += 1
            case 0x0400...0x052F: counts[.russian, default: 0] += 1
            case 0x0600...0x06FF, 0x0750...0x077F: counts[.arabic, default: 0] += 1
            case 0x0900...0x097F: counts[.hindi, default: 0] += 1
            default: break
            }
        }
        if hasKana { return .japanese }
        return allCases.max { (counts[$0] ?? 0) < (counts[$1] ?? 0) }.flatMap { counts[$0] == nil ? nil : $0 }
    }

    private static func bySmallWords(_ text: String) -> Tongue {
        let words = Words.pieces(of: text)
        var best = (tongue: Tongue.english, score: words.count { StopWords.english.contains($0) } * 2)
        for marks in Marks.latin {
            let score = words.count { marks.small.contains($0) } * 2 + text.count { marks.letters.contains($0) }
            if score > best.score { best = (marks.tongue, score) }
        }
        return best.tongue
    }
}

/// Small words and letters that give away a language among those of the Latin script.
private struct Marks {
    let tongue: Tongue
    let small: Set<String>
    let letters: Set<Character>

    init(_ tongue: Tongue, letters: String, small: String) {
        self.tongue = tongue
        self.letters = Set(letters)
        self.small = Set(small.split(separator: " ").map { String($0) })
    }

    static let latin = [
        Marks(
            .spanish, letters: "ñ¿¡",
            small: """
                a al algo como con cual cuando cuanto cuál cuándo cuánto cómo de del donde dónde el \
                ella en es esta este \
                está hacer hay hola la las lo los mi muy más no o para pero por porque puedo que \
                quien qué quién se ser \
                si sin sobre son su tiene tengo un una uno usar y ya
                """),
        Marks(
            .portuguese, letters: "ãõç",
            small: """
                a ao as com como da das de do dos e ela ele em essa esse esta este está eu fazer \
                foi isso já mais mas me \
                meu minha muito na nas no nos não o onde os ou para pela pelo por porque posso qual \
                quando que quem quero \
                se sem ser seu sobre são tem tenho um uma usar você é
                """),
        Marks(
            .french, letters: "èêëçœ",
            small: """
                a ai au aux avec c'est ce ces cette comment d dans de des du elle en est et faire il j je l la le les \
                leur mais me moi mon ne nous on ou où par pas peut peux plus pour pourquoi puis \
                quand que quel quelle qui \
                quoi sans se ses son sont sur toi ton un une vous à
                """),
        Marks(
            .german, letters: "ßäöü",
            small: """
                aber als am an auf aus bei bin bitte das dass dein dem den der des die dies du ein \
                eine einem einen einer \
                er es für gibt haben hat ich ihr im ist ja kann kannst kein keine man mein mich mir \
                mit morgen nach nicht \
                noch nur oder sich sie sind so und uns von vor wann warum was wenn wer werden wie \
                wird wo wozu zu zum zur \
                über
                """),
        Marks(
            .italian, letters: "ìò",
            small: """
                a ai al alla anche che chi ci come con cosa cos'è cui da dal dei del della di dove \
                e faccio fare gli ha \
                ho i il in io la le lo ma mi mio nel nella non o per perché più posso puoi qual quale quando quanto \
                questa questo se si sono su sul tra tu un una uno usare voglio è
                """),
    ]
}
