/// A programming language, as far as its definitions can be found.
enum Language: String, Sendable, CaseIterable {
    case swift, python, javaScript, java, kotlin, cSharp, go, rust, c, ruby, php, shell, sql, scala

    init?(ending: String) {
        guard let language = Self.endings[ending] else { return nil }
        self = language
    }

    private static let endings: [String: Language] = [
        "swift": .swift, "py": .python, "pyi": .python, "pyw": .python, "js": .javaScript, "mjs": .javaScript,
        "cjs": .javaScript, "jsx": .javaScript, "ts": .javaScript, "tsx": .javaScript, "mts": .javaScript,
        "cts": .javaScript, "java": .java, "kt": .kotlin, "kts": .kotlin, "cs": .cSharp, "go": .go, "rs": .rust,
        "c": .c, "h": .c, "cc": .c, "cpp": .c, "cxx": .c, "hpp": .c, "hh": .c, "hxx": .c, "m": .c, "mm": .c,
        "rb": .ruby, "rake": .ruby, "php": .php, "sh": .shell, "bash": .shell, "zsh": .shell, "sql": .sql,
        "scala": .scala, "sc": .scala,
    ]

    init?(mediaType: String) {
        guard let language = Self.mediaTypes[mediaType] else { return nil }
        self = language
    }

    private static let mediaTypes: [String: Language] = [
        "text/x-swift": .swift, "text/x-python": .python, "text/x-script.python": .python,
        "application/x-python-code": .python, "text/javascript": .javaScript, "application/javascript": .javaScript,
        "application/x-javascript": .javaScript, "text/typescript": .javaScript,
        "application/typescript": .javaScript, "text/x-java": .java, "text/x-java-source": .java,
        "text/x-kotlin": .kotlin, "text/x-csharp": .cSharp, "text/x-go": .go, "text/x-rust": .rust,
        "text/rust": .rust, "text/x-c": .c, "text/x-csrc": .c, "text/x-c++": .c, "text/x-c++src": .c,
        "text/x-ruby": .ruby, "application/x-ruby": .ruby, "application/x-httpd-php": .php, "text/x-php": .php,
        "application/x-sh": .shell, "text/x-sh": .shell, "text/x-shellscript": .shell, "application/sql": .sql,
        "text/x-sql": .sql, "text/x-scala": .scala,
    ]

    /// Whether what belongs together is known by its indentation, and not by its braces.
    var isIndented: Bool { self == .python || self == .ruby }

    /// Whether the last `}` of what stands at the top is at the beginning of a line.
    var endsAtMargin: Bool { !isIndented && self != .c && self != .sql }

    var lineComments: [String] {
        switch self {
        case .python, .ruby, .shell: ["#"]
        case .php: ["//", "#"]
        case .sql: ["--"]
        default: ["//"]
        }
    }

    var hasBlockComments: Bool { !isIndented && self != .shell }

    var nestsComments: Bool { [.swift, .rust, .kotlin, .scala].contains(self) }

    var hasTripleQuotes: Bool { [.swift, .python, .java, .kotlin, .cSharp, .scala].contains(self) }

    /// Whether `'` begins a string; elsewhere it is one character, or no quote at all.
    var hasApostropheStrings: Bool { isIndented || [.javaScript, .php, .shell, .sql].contains(self) }

    var hasBacktickStrings: Bool { self == .javaScript || self == .go }

    /// Whether a string goes on over the end of a line.
    var hasLongStrings: Bool { [.rust, .php, .shell, .sql].contains(self) }
}
