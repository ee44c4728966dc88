/// Reads code line by line, only to know what is no code and how deep a line lies in braces and parentheses.
struct CodeLexer {
    private enum Mode: Equatable {
        case code
        case comment(depth: Int)
        /// Until these bytes come.
        case string([UInt8], escapes: Bool, isLong: Bool)
        /// Until a line of these bytes.
        case here([UInt8])
    }

    private let text: SourceText
    private let language: Language
    private let comments: [[UInt8]]
    private var mode = Mode.code
    private var parentheses = 0
    /// The word that ends the document which begins on the next line.
    private var hereWord: [UInt8]?
    private(set) var depth = 0
    /// The last byte of code that is no white space.
    private(set) var last = Byte.newline

    init(_ text: SourceText, _ language: Language) {
        self.text = text
        self.language = language
        comments = language.lineComments.map { Array($0.utf8) }
    }

    /// Whether something new can begin here.
    var isFree: Bool { mode == .code && parentheses == 0 }

    /// Whether the next line begins as code, perhaps within parentheses.
    var isCode: Bool { mode == .code }

    /// Here everything is closed, whatever was counted.
    mutating func reset() {
        depth = 0
        parentheses = 0
    }

    mutating func read(_ line: Range<Int>) {
        var place = line.lowerBound
        if case .here(let word) = mode {
            let ink = text.firstInk(in: line)
            if text.bytes[ink..<line.upperBound].starts(with: word) { mode = .code }
            return
        }
        while place < line.upperBound {
            switch mode {
            case .code: place = readCode(at: place, line.upperBound)
            case .comment(let depth): place = readComment(at: place, depth)
            case .string(let end, let escapes, _): place = readString(at: place, end, escapes)
            case .here: return
            }
        }
        // A string that should have ended with the line: the rest of the file is not to be lost for it.
        if case .string(_, _, isLong: false) = mode { mode = .code }
        if let word = hereWord { mode = .here(word) }
        hereWord = nil
    }

    private mutating func readCode(at place: Int, _ end: Int) -> Int {
        let byte = text.bytes[place]
        if byte.isSpace || byte.isWordByte {
            if !byte.isSpace { last = byte }
            return place + 1
        }
        if comments.contains(where: { matches($0, at: place) }), isComment(at: place) { return end }
        if language.hasBlockComments, byte == Byte.slash, matches([Byte.slash, Byte.star], at: place) {
            mode = .comment(depth: 1)
            return place + 2
        }
        let before = last
        last = byte
        switch byte {
        case Byte.openBrace: language.isIndented ? (parentheses += 1) : (depth += 1)
        case Byte.closeBrace:
            if language.isIndented { parentheses = max(0, parentheses - 1) } else { depth = max(0, depth - 1) }
        case Byte.openParenthesis, Byte.openBracket: parentheses += language == .shell ? 0 : 1
        case Byte.closeParenthesis, Byte.closeBracket: parentheses = max(0, parentheses - 1)
        case Byte.backslash: return place + 2
        case Byte.slash where language == .javaScript: return patternEnd(at: place, end, after: before)
        default: return beginString(at: place, end)
        }
        return place + 1
    }

    /// In a shell, `#` within a word is none.
    private func isComment(at place: Int) -> Bool {
        guard language == .shell, place > 0 else { return true }
        return text.bytes[place - 1].isSpace || text.bytes[place - 1] == UInt8(ascii: ";")
    }

    private mutating func readComment(at place: Int, _ depth: Int) -> Int {
        if matches([Byte.star, Byte.slash], at: place) {
            mode = depth > 1 ? .comment(depth: depth - 1) : .code
            return place + 2
        }
        if language.nestsComments, matches([Byte.slash, Byte.star], at: place) {
            mode = .comment(depth: depth + 1)
            return place + 2
        }
        return place + 1
    }

    private mutating func readString(at place: Int, _ end: [UInt8], _ escapes: Bool) -> Int {
        if escapes, text.bytes[place] == Byte.backslash { return place + 2 }
        guard matches(end, at: place) else { return place + 1 }
        mode = .code
        return place + end.count
    }

    private mutating func beginString(at place: Int, _ end: Int) -> Int {
        let byte = text.bytes[place]
        let isQuote = byte == Byte.quote || (byte == Byte.apostrophe && language.hasApostropheStrings)
        if isQuote {
            let triple = [byte, byte, byte]
            if language.hasTripleQuotes, matches(triple, at: place) {
                mode = .string(triple, escapes: language != .kotlin && language != .scala, isLong: true)
                return place + 3
            }
            let escapes = !(byte == Byte.apostrophe && language == .shell) && language != .sql
            mode = .string([byte], escapes: escapes, isLong: language.hasLongStrings)
        } else if byte == Byte.backtick, language.hasBacktickStrings {
            mode = .string([byte], escapes: language != .go, isLong: true)
        } else if byte == Byte.apostrophe {
            return characterEnd(at: place, end)
        } else if byte == Byte.hash, matches([Byte.hash, Byte.quote], at: place) {
            mode = .string([Byte.quote, Byte.hash], escapes: false, isLong: language == .rust)
            return place + 2
        } else if byte == UInt8(ascii: "$"), language == .sql, matches(Array("$$".utf8), at: place) {
            mode = .string(Array("$$".utf8), escapes: false, isLong: true)
            return place + 2
        } else if byte == Byte.less, language == .shell || language == .php || language == .ruby {
            hereWord = hereWord(at: place, end) ?? hereWord
        }
        return place + 1
    }

    /// `'x'` or `'\n'`; a lifetime of Rust, or what divides the digits of a number, has no end so near.
    private func characterEnd(at place: Int, _ end: Int) -> Int {
        guard place + 2 < end else { return place + 1 }
        let first = text.bytes[place + 1] == Byte.backslash ? place + 3 : place + 2
        for near in first..<max(first, min(end, place + 12)) where text.bytes[near] == Byte.apostrophe {
            return text.bytes[place + 1] == Byte.backslash || near - place <= 5 && near == first
                || text.bytes[place + 1] >= 0x80 ? near + 1 : place + 1
        }
        return place + 1
    }

    /// A regular expression begins only where no value stands before it.
    private func patternEnd(at place: Int, _ end: Int, after before: UInt8) -> Int {
        guard "(,=:[!&|?{};\n".utf8.contains(before) else { return place + 1 }
        var next = place + 1
        var isInClass = false
        while next < end {
            switch text.bytes[next] {
            case Byte.backslash: next += 1
            case Byte.openBracket: isInClass = true
            case Byte.closeBracket: isInClass = false
            case Byte.slash where !isInClass: return next + 1
            default: break
            }
            next += 1
        }
        return place + 1
    }

    /// `<<WORD`, `<<-'WORD'`, `<<~WORD` and `<<<WORD`.
    private func hereWord(at place: Int, _ end: Int) -> [UInt8]? {
        guard matches([Byte.less, Byte.less], at: place) else { return nil }
        var start = place + 2
        while start < end, "<-~'\"".utf8.contains(text.bytes[start]) { start += 1 }
        let word = text.bytes[start..<end].prefix(64).prefix { $0.isWordByte }
        guard let first = word.first, !first.isDigit else { return nil }
        return language == .ruby && !first.isUppercase ? nil : Array(word)
    }

    private func matches(_ bytes: [UInt8], at place: Int) -> Bool {
        guard place + bytes.count <= text.count else { return false }
        for (index, byte) in bytes.enumerated() where text.bytes[place + index] != byte { return false }
        return true
    }
}

extension UInt8 {
    fileprivate var isUppercase: Bool { self >= 0x41 && self <= 0x5A }
}
