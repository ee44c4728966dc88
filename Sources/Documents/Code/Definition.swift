/// Something that code gives a name to, known by the first line of it.
struct Definition: Equatable {
    var name: String
    /// Whether it can contain others that are worth being named.
    var isType: Bool

    /// - Parameter isMember: it stands in a type, where functions may have no word before their name.
    init?(_ words: [String], _ language: Language, isMember: Bool) {
        if language == .sql {
            self.init(statement: words)
            return
        }
        var index = 0
        while index < words.count, Self.modifiers.contains(words[index]) {
            // `const` names a function in JavaScript, and elsewhere says more of it.
            if language == .javaScript, words[index] == "const" { break }
            if words[index] == "pub", index + 1 < words.count, words[index + 1] == "(" {
                index = (words[index...].firstIndex(of: ")") ?? index) + 1
                continue
            }
            // `open(…)` and `default:` are no modifiers of anything.
            guard index + 1 < words.count, !["(", ":", "=", "."].contains(words[index + 1]) else { break }
            index += 1
        }
        let rest = words[min(index, words.count)...]
        guard let found = Self.keyword(rest, language) ?? Self.bare(rest, language, isMember: isMember) else {
            return nil
        }
        self = found
    }

    private init(name: String, isType: Bool) {
        self.name = name
        self.isType = isType
    }

    private static let modifiers: Set<String> = [
        "public", "private", "protected", "internal", "fileprivate", "package", "open", "final", "static", "abstract",
        "override", "virtual", "async", "export", "default", "declare", "sealed", "data", "inline", "suspend",
        "mutating", "nonmutating", "nonisolated", "indirect", "convenience", "required", "lazy", "pub", "unsafe",
        "const", "extern", "partial", "readonly", "implicit", "explicit", "lateinit", "tailrec", "operator", "infix",
        "annotation", "inner", "value", "case", "strictfp", "synchronized", "native", "transient", "volatile",
        "borrowing", "consuming", "isolated", "distributed", "new", "constexpr", "friend", "crate", "get", "set",
    ]

    private static let types: Set<String> = [
        "class", "struct", "enum", "protocol", "extension", "actor", "interface", "object", "trait", "impl", "mod",
        "module", "namespace", "union", "record", "type",
    ]

    private static let functions: Set<String> = [
        "func", "fn", "fun", "def", "function", "macro", "macro_rules", "sub", "proc",
    ]

    private static func keyword(_ words: ArraySlice<String>, _ language: Language) -> Definition? {
        guard let first = words.first else { return nil }
        let rest = words.dropFirst()
        if first == "init" || first == "deinit" || first == "subscript", language == .swift {
            return Definition(name: first, isType: false)
        }
        if functions.contains(first) { return function(rest, language) }
        if types.contains(first) { return type(first, rest, language) }
        // A property that is computed.
        if first == "var" || first == "val", language != .javaScript, words.contains("{"), !words.contains("=") {
            return rest.first.map { Definition(name: $0, isType: false) }
        }
        guard language == .javaScript, ["const", "let", "var"].contains(first), let name = rest.first,
            words.contains("=>") || words.contains("function"), rest.dropFirst().first != "{"
        else { return nil }
        return Definition(name: name, isType: false)
    }

    private static func function(_ words: ArraySlice<String>, _ language: Language) -> Definition? {
        var words = words
        if let first = words.first, types.contains(first) { return type(first, words.dropFirst(), language) }
        // The receiver of a method, or the parameters of types.
        if words.first == "(" { words = words.drop { $0 != ")" }.dropFirst() }
        if words.first == "<" { words = words.drop { $0 != ">" }.dropFirst() }
        words = words.drop { ["&", "*", "!"].contains($0) }
        if language == .kotlin {
            return words.prefix { $0 != "(" }.last.map { Definition(name: $0, isType: false) }
        }
        let name = words.prefix { !["(", "<", ":", "=", "[", "{", ";"].contains($0) }.joined()
        let symbol = name.isEmpty ? words.prefix { $0 != "(" }.joined() : name
        return symbol.isEmpty ? nil : Definition(name: symbol, isType: false)
    }

    private static func type(_ word: String, _ words: ArraySlice<String>, _ language: Language) -> Definition? {
        var words = words
        if word == "type" {
            guard let name = words.first, language == .go || language == .javaScript else { return nil }
            return Definition(name: name, isType: false)
        }
        if let next = words.first, ["class", "struct"].contains(next) { words = words.dropFirst() }
        // A class method of Swift.
        if let next = words.first, functions.contains(next) { return function(words.dropFirst(), language) }
        if word == "impl", words.first == "<" { words = words.drop { $0 != ">" }.dropFirst() }
        let ends: Set<String> = word == "impl" ? ["{", "where"] : ["{", "where", ":", "(", "<", ";", "extends", "="]
        let name = words.prefix { !ends.contains($0) }
        let joined = name.prefix(24).map { $0 == "for" ? " for " : $0 }.joined()
        return Definition(name: joined.isEmpty ? word : joined, isType: true)
    }

    private static let statements: Set<String> = [
        "if", "for", "while", "switch", "return", "else", "catch", "throw", "new", "await", "do", "using", "lock",
        "try", "case", "foreach", "synchronized", "yield", "assert", "delete", "sizeof", "typedef", "import", "from",
        "in", "print", "echo", "goto", "and", "or", "not", "unless", "until", "super", "this", "require",
    ]

    /// A name and a parenthesis, as functions begin in C and its children.
    private static func bare(_ words: ArraySlice<String>, _ language: Language, isMember: Bool) -> Definition? {
        switch language {
        case .shell:
            guard words.count >= 3, words.dropFirst().prefix(2).elementsEqual(["(", ")"]) else { return nil }
            return words.first.map { Definition(name: $0, isType: false) }
        case .c: break
        case .java, .cSharp, .javaScript: guard isMember else { return nil }
        default: return nil
        }
        guard let first = words.first, !statements.contains(first), words.last != ";",
            let parenthesis = words.firstIndex(of: "("), parenthesis > words.startIndex,
            !words[..<parenthesis].contains(where: { ["=", ".", "->", "+", "?", "#", "=>"].contains($0) }),
            let name = words[..<parenthesis].last, name.utf8.allSatisfy({ $0.isWordByte || $0 == 0x24 }),
            isMember || parenthesis - words.startIndex > 1
        else { return nil }
        return Definition(name: owner(words[..<parenthesis].dropLast()) + name, isType: false)
    }

    /// The `Bridge::` before the name of a function that is written outside of its class.
    private static func owner(_ words: ArraySlice<String>) -> String {
        guard words.suffix(2).elementsEqual([":", ":"]) else { return "" }
        var words = words.dropLast(2)
        if words.last == ">", let start = words.lastIndex(of: "<") { words = words[..<start] }
        return words.last.map { "\($0)::" } ?? ""
    }

    /// `CREATE OR REPLACE FUNCTION shop.price(…)`
    private init?(statement words: [String]) {
        guard let first = words.first?.lowercased(), first == "create" || first == "alter" else { return nil }
        let fillers: Set<String> = [
            "or", "replace", "temp", "temporary", "unique", "global", "local", "unlogged", "materialized", "recursive",
            "if", "not", "exists", "only", "concurrently", "external", "foreign", "definer", "virtual", "constraint",
        ]
        let rest = words.dropFirst().drop { fillers.contains($0.lowercased()) }.dropFirst()
            .drop { fillers.contains($0.lowercased()) }
        let name = rest.prefix { $0 != "(" && $0 != ";" }.reduce(into: [String]()) { parts, word in
            if parts.isEmpty || word == "." || parts.last == "." { parts.append(word) }
        }
        guard !name.isEmpty else { return nil }
        self.init(name: name.filter { $0 != "\"" && $0 != "`" }.joined(), isType: false)
    }
}
