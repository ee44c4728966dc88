import Domain

/// One entry of a zone's text: a line, or several within parentheses.
struct ZoneLine {
    /// One word, or what stood in quotes.
    struct Word: Equatable {
        var bytes: [UInt8]

        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// From 1.
    var number: Int
    /// Whether it begins with space: its name is that of the entry before.
    var isIndented: Bool
    var words: [Word] = []

    func refusal(_ message: String) -> Refusal {
        .input("zoneText", "zoneText, line \(number): \(message)")
    }

    static func lines(of text: String) throws(Refusal) -> [ZoneLine] {
        var letters = Letters(text)
        while letters.hasMore { try letters.take() }
        return try letters.finish()
    }
}

/// The bytes of a zone's text, on their way to lines.
private struct Letters {
    private let bytes: [UInt8]
    private var place = 0
    private var number = 1
    private var depth = 0
    private var line: ZoneLine?
    private var lines: [ZoneLine] = []

    init(_ text: String) { bytes = Array(text.utf8) }

    var hasMore: Bool { place < bytes.count }

    mutating func take() throws(Refusal) {
        let byte = bytes[place]
        switch byte {
        case UInt8(ascii: "\n"): endLine()
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
            if line == nil { line = ZoneLine(number: number, isIndented: byte != UInt8(ascii: "\r")) }
            place += 1
        case UInt8(ascii: ";"):
            while hasMore, bytes[place] != UInt8(ascii: "\n") { place += 1 }
        case UInt8(ascii: "("), UInt8(ascii: ")"):
            depth += byte == UInt8(ascii: "(") ? 1 : -1
            guard (0...1).contains(depth) else { throw current.refusal("The parentheses do not match.") }
            place += 1
        case UInt8(ascii: "\""): try takeQuoted()
        default: takeWord()
        }
    }

    mutating func finish() throws(Refusal) -> [ZoneLine] {
        guard depth == 0 else { throw current.refusal("A parenthesis is not closed.") }
        endLine()
        return lines
    }

    private var current: ZoneLine { line ?? ZoneLine(number: number, isIndented: false) }

    private mutating func endLine() {
        place += 1
        number += 1
        guard depth == 0 else { return }
        if let line, !line.words.isEmpty { lines.append(line) }
        line = nil
    }

    private mutating func takeWord() {
        let ends = Array(" \t\r\n;()\"".utf8)
        var word: [UInt8] = []
        while hasMore, !ends.contains(bytes[place]) { word.append(takeByte()) }
        add(word)
    }

    private mutating func takeQuoted() throws(Refusal) {
        place += 1
        var word: [UInt8] = []
        while hasMore, bytes[place] != UInt8(ascii: "\""), bytes[place] != UInt8(ascii: "\n") {
            word.append(takeByte())
        }
        guard hasMore, bytes[place] == UInt8(ascii: "\"") else { throw current.refusal("A quote is not closed.") }
        place += 1
        add(word)
    }

    /// A byte, or what stands for it: `\"`, `\059`.
    private mutating func takeByte() -> UInt8 {
        let byte = bytes[place]
        place += 1
        guard byte == UInt8(ascii: "\\"), hasMore else { return byte }
        let digits = bytes[place..<min(place + 3, bytes.count)]
        if digits.count == 3, digits.allSatisfy(\.isDigit), let code = UInt8(String(decoding: digits, as: UTF8.self)) {
            place += 3
            return code
        }
        place += 1
        return bytes[place - 1]
    }

    private mutating func add(_ word: [UInt8]) {
        var line = current
        line.words.append(.init(bytes: word))
        self.line = line
    }
}
