/// Source code by its definitions, with the comments and attributes above them; types by their members.
struct CodeSyntax {
    private let text: SourceText
    private let language: Language
    private var lexer: CodeLexer
    private var outline: Outline
    private var open: [OpenDefinition] = []
    /// Where the comments and attributes begin that stand directly above.
    private var comment: Int?
    /// Where the lines begin that define nothing.
    private var rest: Int?

    init(_ text: SourceText, _ language: Language, _ sizes: Outline.Sizes) {
        self.text = text
        self.language = language
        lexer = CodeLexer(text, language)
        outline = Outline(of: text, sizes)
    }

    consuming func parts() -> [Part] {
        var place = 0
        while place < text.count {
            let line = text.lineRange(from: place)
            read(line)
            place = line.upperBound + 1
        }
        endRest(at: text.count)
        return outline.finish()
    }

    private mutating func read(_ line: Range<Int>) {
        let ink = text.firstInk(in: line)
        resynchronize(line, ink)
        let isFree = lexer.isFree
        let level = language.isIndented ? ink - line.lowerBound : lexer.depth
        let isWithin = language == .sql && lexer.last != UInt8(ascii: ";") && lexer.last != Byte.newline
        lexer.read(line)
        if let last = open.indices.last, lexer.depth > open[last].level { open[last].hasBody = true }
        guard isFree, !isWithin else { return }
        if ink == line.upperBound {
            blank(line, level)
        } else if !isContinuation(ink, line, level), isPlaceForMembers(level) {
            member(line, ink, level)
        }
    }

    /// Something was miscounted, such as braces between `#if` and `#else`: at the margin it is known again.
    private mutating func resynchronize(_ line: Range<Int>, _ ink: Int) {
        guard lexer.isCode, ink == line.lowerBound, ink < line.upperBound else { return }
        if language.endsAtMargin, line.count == 1, text.bytes[ink] == Byte.closeBrace {
            lexer.reset()
        } else if language.isIndented, "dc".utf8.contains(text.bytes[ink]), !lexer.isFree {
            let first = Words(text, line).words.first
            if first == "def" || first == "class" { lexer.reset() }
        }
    }

    private mutating func blank(_ line: Range<Int>, _ level: Int) {
        if rest == nil { rest = comment }
        comment = nil
        if language.isIndented || isPlaceForMembers(level) { endRest(at: line.lowerBound) }
    }

    private static let closers: Set<String> = [
        "end", "else", "elsif", "elif", "except", "rescue", "ensure", "finally",
    ]

    /// Whether a line belongs to what stands above, as braces and the second half of a signature do.
    private func isContinuation(_ ink: Int, _ line: Range<Int>, _ level: Int) -> Bool {
        if "}){]".utf8.contains(text.bytes[ink]) { return true }
        if let last = open.last, last.level == level, !last.hasBody, !language.isIndented {
            return ink - line.lowerBound > last.column
        }
        if language == .sql { return ink > line.lowerBound }
        guard language.isIndented, text.bytes[ink].isLetter else { return false }
        return Self.closers.contains(
            text.string(ink..<min(line.upperBound, ink + 8)).prefix { $0.isLetter }.description)
    }

    /// Whether what begins here is a member of a type, or of the file.
    private func isPlaceForMembers(_ level: Int) -> Bool {
        guard let parent = open.last(where: { $0.level < level }) else { return level == 0 }
        guard parent.isType else { return false }
        if language.isIndented { return parent.memberLevel == nil || parent.memberLevel == level }
        return parent.level + 1 == level
    }

    private mutating func member(_ line: Range<Int>, _ ink: Int, _ level: Int) {
        if isComment(ink, line) {
            comment = comment ?? line.lowerBound
            return
        }
        let start = comment ?? line.lowerBound
        let isMember = open.last { $0.level < level } != nil
        if let definition = Definition(Words(text, ink..<line.upperBound).words, language, isMember: isMember) {
            comment = nil
            endRest(at: start)
            close(downTo: level, at: start)
            outline.open(.words(definition.name), at: start)
            open.append(
                OpenDefinition(
                    level: level, column: ink - line.lowerBound, isType: definition.isType,
                    hasBody: lexer.depth > level))
        } else if isAttribute(ink, line) {
            comment = start
        } else {
            comment = nil
            close(downTo: level, at: start)
            rest = rest ?? start
        }
    }

    private mutating func close(downTo level: Int, at end: Int) {
        while let last = open.last, last.level >= level {
            open.removeLast()
            outline.close(at: end)
        }
        if let last = open.indices.last, open[last].memberLevel == nil { open[last].memberLevel = level }
    }

    private mutating func endRest(at end: Int) {
        if let start = rest { outline.leaf(.none, start, end) }
        rest = nil
    }

    private func isComment(_ ink: Int, _ line: Range<Int>) -> Bool {
        let words = text.bytes[ink..<line.upperBound]
        if language.hasBlockComments, words.starts(with: "/*".utf8) { return true }
        if words.starts(with: "#[".utf8) { return false }
        return language.lineComments.contains { words.starts(with: $0.utf8) }
    }

    private func isAttribute(_ ink: Int, _ line: Range<Int>) -> Bool {
        let words = text.bytes[ink..<line.upperBound]
        return switch language {
        case .rust, .php: words.starts(with: "#[".utf8)
        case .cSharp: words.starts(with: "[".utf8)
        case .c: words.starts(with: "template".utf8)
        case .go, .shell, .sql, .ruby: false
        default: words.starts(with: "@".utf8)
        }
    }
}

/// A definition whose end has not been read yet.
struct OpenDefinition {
    /// The braces around it, or its indentation.
    var level: Int
    var column: Int
    var isType: Bool
    var hasBody: Bool
    /// The indentation of what is in it, as far as known.
    var memberLevel: Int?
}
