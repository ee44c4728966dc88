import Domain
import Foundation

/// A document's text, with marks on it that say how many tokens and lines lie before a place.
struct SourceText: Sendable {
    let bytes: [UInt8]
    /// One for each span of bytes, and one for the end.
    private let tokenMarks: [Int]
    private let lineMarks: [Int]

    private static let span = 256

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var tokens = [0]
        var lines = [0]
        for start in stride(from: 0, to: bytes.count, by: Self.span) {
            let end = min(start + Self.span, bytes.count)
            let range = Self.boundary(start, in: bytes)..<Self.boundary(end, in: bytes)
            let text = Self.string(bytes, range)
            tokens.append(tokens[tokens.count - 1] + TokenEstimate.tokens(in: text))
            lines.append(lines[lines.count - 1] + Self.newlines(in: start..<end, of: bytes))
        }
        tokenMarks = tokens
        lineMarks = lines
    }

    var count: Int { bytes.count }

    func string(_ range: Range<Int>) -> String { Self.string(bytes, range) }

    /// The number of the line that a place is in, from 1.
    func line(at place: Int) -> Int {
        let mark = place / Self.span
        return lineMarks[mark] + Self.newlines(in: mark * Self.span..<place, of: bytes) + 1
    }

    /// An estimate that takes no time, however long the range is.
    func tokens(in range: Range<Int>) -> Int {
        (share(before: range.upperBound) - share(before: range.lowerBound) + Self.span - 1) / Self.span
    }

    /// - Returns: the last place, not before `start`, that so many tokens reach to, by the same estimate.
    func place(tokens: Int, after start: Int) -> Int {
        let (sum, isOver) = share(before: start).addingReportingOverflow(tokens.multipliedOrMost(by: Self.span))
        if isOver || sum >= share(before: count) { return count }
        var (low, high) = (start, count)
        while low < high {
            let middle = (low + high + 1) / 2
            if share(before: middle) <= sum { low = middle } else { high = middle - 1 }
        }
        return boundary(low)
    }

    /// - Returns: the first place that no more than so many tokens lie between, and `end`.
    func place(tokens: Int, before end: Int, notBefore start: Int) -> Int {
        var (low, high) = (start, end)
        while low < high {
            let middle = (low + high) / 2
            if self.tokens(in: middle..<end) <= tokens { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The place itself, or the beginning of the character that it is in the middle of.
    func boundary(_ place: Int) -> Int { Self.boundary(place, in: bytes) }

    /// The place of the next line feed, or the end.
    func lineEnd(from place: Int) -> Int {
        bytes.withUnsafeBytes { all in
            guard place < all.count, let base = all.baseAddress,
                let found = memchr(base + place, Int32(Byte.newline), all.count - place)
            else { return all.count }
            return UnsafeRawPointer(found) - base
        }
    }

    /// The line that begins at a place, without its end.
    func lineRange(from place: Int) -> Range<Int> { place..<lineEnd(from: place) }

    /// The first place in a range that is no white space, or its end.
    func firstInk(in range: Range<Int>) -> Int {
        var place = range.lowerBound
        while place < range.upperBound, bytes[place].isSpace { place += 1 }
        return place
    }

    private func share(before place: Int) -> Int {
        let mark = place / Self.span
        let rest = place % Self.span
        guard rest > 0 else { return tokenMarks[mark] * Self.span }
        let length = min(Self.span, count - mark * Self.span)
        return tokenMarks[mark] * Self.span
            + (tokenMarks[mark + 1] - tokenMarks[mark]) * rest * Self.span / length
    }

    private static func string(_ bytes: [UInt8], _ range: Range<Int>) -> String {
        bytes.withUnsafeBufferPointer { String(decoding: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self) }
    }

    private static func boundary(_ place: Int, in bytes: [UInt8]) -> Int {
        var place = place
        while place > 0, place < bytes.count, bytes[place].isContinuation { place -= 1 }
        return place
    }

    private static func newlines(in range: Range<Int>, of bytes: [UInt8]) -> Int {
        var count = 0
        for place in range where bytes[place] == Byte.newline { count += 1 }
        return count
    }
}

extension Int {
    fileprivate func multipliedOrMost(by factor: Int) -> Int {
        let (product, isOver) = multipliedReportingOverflow(by: factor)
        return isOver ? .max / 2 : product
    }
}
