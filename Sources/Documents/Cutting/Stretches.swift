import Domain

/// A range of the text, cut into pieces that are not longer than so many tokens, where a reader would pause.
struct Stretches {
    private let text: SourceText
    private let tokens: Int
    private let overlap: Int
    /// Whether a piece ends as late as a word allows, and not at the end of a paragraph, line or sentence.
    private let onlyWords: Bool

    init(of text: SourceText, tokens: Int, overlap: Int = 0, onlyWords: Bool = false) {
        self.text = text
        self.tokens = max(1, tokens)
        self.overlap = overlap
        self.onlyWords = onlyWords
    }

    /// Lazy: with little between the quantity and the overlap there are very many.
    func pieces(of range: Range<Int>) -> some Sequence<Range<Int>> {
        sequence(state: Optional((start: range.lowerBound, end: range.lowerBound))) { last -> Range<Int>? in
            guard let (start, previousEnd) = last, previousEnd < range.upperBound else { return nil }
            let piece = piece(from: start, after: previousEnd, until: range.upperBound)
            let next = beginning(behind: piece)
            last = (next, piece.upperBound)
            return piece
        }
    }

    /// - Parameter end: where the piece before ends, which this one has to go beyond.
    private func piece(from start: Int, after end: Int, until last: Int) -> Range<Int> {
        let reach = reach(from: start, until: last)
        if reach == last { return start..<last }
        let pause = Pauses(text, onlyWords: onlyWords).last(in: start..<reach, after: end)
        // What is repeated must not be the reason for cutting a line or a word; where there are no words it is none.
        if start < end, pause.map({ !onlyWords && isAtLine(end) && !isAtLine($0) }) ?? (!onlyWords || reach <= end) {
            return piece(from: end, after: end, until: last)
        }
        return start..<(pause ?? reach)
    }

    private func isAtLine(_ place: Int) -> Bool {
        text.bytes[place] == Byte.newline || text.bytes[place - 1] == Byte.newline
    }

    /// The farthest place that the tokens last for; at least one character on.
    private func reach(from start: Int, until last: Int) -> Int {
        var reach = min(last, text.place(tokens: tokens, after: start))
        while true {
            let count = TokenEstimate.tokens(in: text.string(start..<reach))
            guard count > tokens else { break }
            reach = text.boundary(start + min((reach - start) * tokens / count, reach - start - 1))
        }
        if reach > start { return reach }
        reach = start + 1
        while reach < last, text.bytes[reach].isContinuation { reach += 1 }
        return reach
    }

    /// Where the next piece begins: so much before the end of this one, at the beginning of a line or a word.
    private func beginning(behind piece: Range<Int>) -> Int {
        guard overlap > 0 else { return piece.upperBound }
        let earliest = text.place(tokens: overlap, before: piece.upperBound, notBefore: piece.lowerBound + 1)
        var word: Int?
        for place in earliest..<max(earliest, piece.upperBound) {
            let before = text.bytes[place - 1]
            if before == Byte.newline, !onlyWords { return place }
            if word == nil, before.isSpace, !text.bytes[place].isSpace { word = place }
            if word != nil, onlyWords { break }
        }
        return word
            ?? max(piece.lowerBound + 1, text.boundary(earliest)).nextBoundary(in: text, until: piece.upperBound)
    }
}

extension Int {
    /// This place, or the beginning of the next character.
    fileprivate func nextBoundary(in text: SourceText, until end: Int) -> Int {
        var place = self
        while place < end, text.bytes[place].isContinuation { place += 1 }
        return place
    }
}
