import Domain

/// Passages of a fixed number of lines or characters, each beginning so many after the one before.
enum Windows {
    static func lines(of text: SourceText, _ splitting: Splitting) -> [Range<Int>] {
        var starts: [Int] = []
        var place = 0
        while place < text.count {
            starts.append(place)
            place = text.lineEnd(from: place) + 1
        }
        var ranges: [Range<Int>] = []
        for first in stride(from: 0, to: starts.count, by: splitting.quantity - splitting.overlap) {
            let (next, isOver) = first.addingReportingOverflow(splitting.quantity)
            let isLast = isOver || next >= starts.count
            ranges.append(starts[first]..<(isLast ? text.count : starts[next]))
            if isLast { break }
        }
        return ranges
    }

    /// Lazy, since with a step of one character there could be more passages than there is memory for.
    static func characters(of text: SourceText, _ splitting: Splitting) -> some Sequence<Range<Int>> {
        let string = text.string(0..<text.count)
        let step = splitting.quantity - splitting.overlap
        let first = (index: string.startIndex, place: 0)
        return sequence(state: Optional(first)) { state -> Range<Int>? in
            guard let start = state, start.index < string.endIndex else { return nil }
            let next = string.index(start.index, offsetBy: step, limitedBy: string.endIndex) ?? string.endIndex
            let end = string.index(next, offsetBy: splitting.overlap, limitedBy: string.endIndex) ?? string.endIndex
            let nextPlace = start.place + string.utf8.distance(from: start.index, to: next)
            let endPlace = nextPlace + string.utf8.distance(from: next, to: end)
            state = end == string.endIndex ? nil : (next, nextPlace)
            return start.place..<endPlace
        }
    }
}
