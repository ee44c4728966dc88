/// The words and marks that a line of code begins with; attributes before them are left away.
struct Words {
    private static let most = 40
    private static let mostBytes = 400

    private let text: SourceText
    private let end: Int
    private var place: Int
    private(set) var words: [String] = []

    init(_ text: SourceText, _ line: Range<Int>) {
        self.text = text
        place = line.lowerBound
        end = min(line.upperBound, line.lowerBound + Self.mostBytes)
        while words.count < Self.most, place < end { take() }
        // The last one of a long line says whether it ends here.
        if line.upperBound > end { words.append("…") }
    }

    private mutating func take() {
        let byte = text.bytes[place]
        if byte.isSpace {
            place += 1
        } else if byte == UInt8(ascii: "@"), place + 1 < end, text.bytes[place + 1].isLetter {
            skipAttribute()
        } else if byte.isWordByte || byte == UInt8(ascii: "$") {
            let start = place
            while place < end, text.bytes[place].isWordByte || text.bytes[place] == UInt8(ascii: "$") { place += 1 }
            words.append(text.string(start..<place))
        } else if byte == UInt8(ascii: "="), place + 1 < end, text.bytes[place + 1] == Byte.greater {
            words.append("=>")
            place += 2
        } else if isComment {
            place = end
        } else {
            words.append(String(UnicodeScalar(byte)))
            place += 1
        }
    }

    private var isComment: Bool {
        text.bytes[place] == Byte.slash && place + 1 < end && text.bytes[place + 1] == Byte.slash
    }

    private mutating func skipAttribute() {
        place += 1
        while place < end, text.bytes[place].isWordByte || text.bytes[place] == UInt8(ascii: ".") { place += 1 }
        guard place < end, text.bytes[place] == Byte.openParenthesis else { return }
        var depth = 0
        while place < end {
            if text.bytes[place] == Byte.openParenthesis { depth += 1 }
            if text.bytes[place] == Byte.closeParenthesis { depth -= 1 }
            place += 1
            if depth == 0 { return }
        }
    }
}
