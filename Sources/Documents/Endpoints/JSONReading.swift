import Foundation

/// Reads JSON whole, in its order.
struct JSONReading {
    /// What is no JSON.
    struct Fault: Error {
        var line: Int
    }

    private static let deepest = 200

    private let text: SourceText
    private var place = 0
    private var depth = 0

    init(_ text: SourceText) {
        self.text = text
    }

    mutating func read() throws(Fault) -> Value {
        let value = try value()
        skipSpace()
        guard place == text.count else { throw fault }
        return value
    }

    private var fault: Fault { Fault(line: text.line(at: min(place, text.count))) }

    private mutating func value() throws(Fault) -> Value {
        skipSpace()
        depth += 1
        defer { depth -= 1 }
        guard place < text.count, depth <= Self.deepest else { throw fault }
        switch text.bytes[place] {
        case Byte.openBrace: return .mapping(try mapping())
        case Byte.openBracket: return .list(try list())
        case Byte.quote: return .text(try string())
        default: return .text(try word())
        }
    }

    private mutating func mapping() throws(Fault) -> Mapping {
        place += 1
        var mapping = Mapping()
        if takes(Byte.closeBrace) { return mapping }
        repeat {
            skipSpace()
            let start = place
            let key = try string()
            guard takes(Byte.colon) else { throw fault }
            mapping.add(key, try value(), line: text.line(at: start))
        } while takes(Byte.comma)
        guard takes(Byte.closeBrace) else { throw fault }
        return mapping
    }

    private mutating func list() throws(Fault) -> [Value] {
        place += 1
        var list: [Value] = []
        if takes(Byte.closeBracket) { return list }
        repeat { list.append(try value()) } while takes(Byte.comma)
        guard takes(Byte.closeBracket) else { throw fault }
        return list
    }

    private mutating func string() throws(Fault) -> String {
        guard place < text.count, text.bytes[place] == Byte.quote else { throw fault }
        let start = place + 1
        var end = start
        var hasEscapes = false
        while end < text.count, text.bytes[end] != Byte.quote {
            if text.bytes[end] == Byte.backslash {
                hasEscapes = true
                end += 1
            }
            end += 1
        }
        guard end < text.count else { throw fault }
        place = end + 1
        guard hasEscapes else { return text.string(start..<end) }
        let quoted = Data(text.bytes[start - 1...end])
        guard let decoded = try? JSONDecoder().decode(String.self, from: quoted) else { throw fault }
        return decoded
    }

    private mutating func word() throws(Fault) -> String {
        let start = place
        while place < text.count, text.bytes[place].isWordByte || "+-.".utf8.contains(text.bytes[place]) { place += 1 }
        guard place > start else { throw fault }
        let word = text.string(start..<place)
        return word == "null" ? "" : word
    }

    private mutating func takes(_ byte: UInt8) -> Bool {
        skipSpace()
        guard place < text.count, text.bytes[place] == byte else { return false }
        place += 1
        return true
    }

    private mutating func skipSpace() {
        while place < text.count, text.bytes[place].isSpace { place += 1 }
    }
}
