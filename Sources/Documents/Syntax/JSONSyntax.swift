/// JSON, one value or many: places are keys and elements. The stack is a list, so that no nesting is too deep.
struct JSONSyntax {
    private enum Expected { case value, key, keyOrEnd, valueOrEnd, colon, commaOrEnd }

    private let text: SourceText
    private var outline: Outline
    private var expected = Expected.value
    /// The brackets that are open.
    private var open: [UInt8] = []
    /// The key whose value comes next.
    private var key: Range<Int>?

    init(_ text: SourceText, _ sizes: Outline.Sizes) {
        self.text = text
        outline = Outline(of: text, sizes)
    }

    /// - Returns: `nil` where the text is no JSON.
    mutating func parts() -> [Part]? {
        var place = text.firstInk(in: 0..<text.count)
        while place < text.count {
            guard let next = read(at: place) else { return nil }
            place = text.firstInk(in: next..<text.count)
        }
        return open.isEmpty && expected == .value ? outline.finish() : nil
    }

    private mutating func read(at place: Int) -> Int? {
        let byte = text.bytes[place]
        switch byte {
        case Byte.openBrace, Byte.openBracket:
            guard isValueExpected else { return nil }
            outline.open(name(), at: start(of: place))
            open.append(byte)
            expected = byte == Byte.openBrace ? .keyOrEnd : .valueOrEnd
        case Byte.closeBrace, Byte.closeBracket:
            guard open.popLast() == byte - 2, expected == .commaOrEnd || isEndExpected(byte) else { return nil }
            outline.close(at: place + 1)
            expectNext()
        case Byte.comma:
            guard expected == .commaOrEnd, let bracket = open.last else { return nil }
            expected = bracket == Byte.openBrace ? .key : .value
        case Byte.colon:
            guard expected == .colon else { return nil }
            expected = .value
        case Byte.quote:
            return readString(at: place)
        default:
            return readWord(at: place)
        }
        return place + 1
    }

    private var isValueExpected: Bool { expected == .value || expected == .valueOrEnd }

    private func isEndExpected(_ byte: UInt8) -> Bool {
        expected == (byte == Byte.closeBrace ? .keyOrEnd : .valueOrEnd)
    }

    private mutating func readString(at place: Int) -> Int? {
        guard let end = stringEnd(from: place + 1) else { return nil }
        if expected == .key || expected == .keyOrEnd {
            key = place + 1..<end - 1
            expected = .colon
            return end
        }
        return leaf(place, end)
    }

    private mutating func readWord(at place: Int) -> Int? {
        var end = place
        while end < text.count, text.bytes[end].isWordByte || "+-.".utf8.contains(text.bytes[end]) { end += 1 }
        return end > place ? leaf(place, end) : nil
    }

    private mutating func leaf(_ place: Int, _ end: Int) -> Int? {
        guard isValueExpected else { return nil }
        let start = start(of: place)
        outline.leaf(name(), start, end)
        expectNext()
        return end
    }

    private mutating func expectNext() {
        expected = open.isEmpty ? .value : .commaOrEnd
    }

    private mutating func name() -> Name {
        defer { key = nil }
        if let key { return .text(key) }
        return open.isEmpty ? .none : .element(outline.children)
    }

    /// With its key, and on a line of its own with the whole line.
    private func start(of place: Int) -> Int {
        let first = key.map { $0.lowerBound - 1 } ?? place
        var start = first
        while start > 0, text.bytes[start - 1].isSpace {
            if text.bytes[start - 1] == Byte.newline { return start }
            start -= 1
        }
        return start == 0 ? 0 : first
    }

    private func stringEnd(from place: Int) -> Int? {
        var place = place
        while place < text.count, text.bytes[place] != Byte.quote {
            place += text.bytes[place] == Byte.backslash ? 2 : 1
        }
        return place < text.count ? place + 1 : nil
    }
}
