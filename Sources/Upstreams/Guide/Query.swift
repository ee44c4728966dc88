/// What a question asks for, in words that can be looked up.
struct Query {
    /// A word that was said, and others that may stand for it.
    struct Wish {
        var term: String
        var synonyms: [String]
    }

    let wishes: [Wish]
    let namesRialto: Bool

    /// Whether it says nothing of what it is about, such as “what is this?” and “what is Rialto?”.
    var isOpen: Bool { wishes.isEmpty }

    init(_ question: String, isKnown: (String) -> Bool) {
        var seen: Set<String> = []
        var wishes: [Wish] = []
        var names = false
        for word in Words.words(of: question) {
            let whole = word.parts.isEmpty || isKnown(word.whole) ? [word.whole] : []
            if word.whole == Self.name { names = true }
            for term in whole + word.parts where term != Self.name && seen.insert(term).inserted {
                wishes.append(Wish(term: term, synonyms: Synonyms.table[term] ?? []))
            }
        }
        self.wishes = wishes
        namesRialto = names
    }

    /// The handbook is about Rialto everywhere, so its name tells no section from another.
    private static let name = "rialto"
}
