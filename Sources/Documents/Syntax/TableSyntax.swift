/// Rows below a header, which every passage begins with.
struct TableSyntax {
    private let text: SourceText
    private let separator: UInt8
    private let quantity: Int

    init(_ text: SourceText, separator: UInt8, quantity: Int) {
        self.text = text
        self.separator = separator
        self.quantity = quantity
    }

    func parts() -> [Part] {
        var place = text.firstInk(in: 0..<text.count)
        while place > 0, text.bytes[place - 1] != Byte.newline { place -= 1 }
        // A quote that never ends would make one row of the rest.
        let isQuoting = rowEnd(from: place, isQuoting: true) != nil && isClosed(from: place)
        let headerEnd = rowEnd(from: place, isQuoting: isQuoting) ?? text.count
        let header = text.tokens(in: place..<headerEnd) <= quantity / 2 ? text.string(place..<headerEnd) + "\n" : ""
        let room = quantity - (header.isEmpty ? 0 : text.tokens(in: place..<headerEnd) + 1)
        let sizes = Outline.Sizes(whole: 0, neighbours: room, nameless: room, opening: room)
        var outline = Outline(of: text, sizes)
        while place < text.count {
            let end = rowEnd(from: place, isQuoting: isQuoting) ?? text.count
            outline.leaf(.none, place, end)
            place = end + 1
        }
        let parts = outline.finish()
        return parts.indices.map { Part(range: parts[$0].range, heading: "", preface: $0 == 0 ? "" : header) }
    }

    private func isClosed(from start: Int) -> Bool {
        var place = start
        while place < text.count {
            guard let end = rowEnd(from: place, isQuoting: true) else { return false }
            place = end + 1
        }
        return true
    }

    /// - Returns: the place of the line feed, or the end; `nil` where a quote is open there.
    private func rowEnd(from start: Int, isQuoting: Bool) -> Int? {
        guard isQuoting else { return text.lineEnd(from: start) }
        var place = start
        var isFieldStart = true
        while place < text.count {
            let byte = text.bytes[place]
            if byte == Byte.newline { return place }
            if byte == Byte.quote, isFieldStart {
                guard let end = quoteEnd(from: place + 1) else { return nil }
                place = end
                continue
            }
            isFieldStart = byte == separator
            place += 1
        }
        return place
    }

    /// - Returns: the place behind the closing quote; two quotes are one that is meant.
    private func quoteEnd(from start: Int) -> Int? {
        var place = start
        while place < text.count {
            if text.bytes[place] == Byte.quote {
                guard place + 1 < text.count, text.bytes[place + 1] == Byte.quote else { return place + 1 }
                place += 1
            }
            place += 1
        }
        return nil
    }
}
