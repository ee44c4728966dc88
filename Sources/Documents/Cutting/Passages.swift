import Domain

/// The passages that were cut so far, within the limits.
struct Passages {
    private let text: SourceText
    private let limits: DocumentLimits
    private var bytes = 0
    private(set) var cuttings: [Cutting] = []

    init(of text: SourceText, _ limits: DocumentLimits) {
        self.text = text
        self.limits = limits
    }

    /// Leaves white space away, and a passage that is nothing else.
    /// - Parameter preface: what stands before the text, such as the header of a table.
    mutating func add(_ range: Range<Int>, heading: String = "", preface: String = "") throws(Refusal) {
        let range = trimmed(range)
        guard !range.isEmpty else { return }
        let words = text.string(range)
        guard !words.isBlank else { return }
        try add(Cutting(heading: heading, text: preface + words, line: text.line(at: range.lowerBound)))
    }

    mutating func add(_ cutting: Cutting) throws(Refusal) {
        bytes += cutting.text.utf8.count
        guard cuttings.count < limits.passages else {
            throw Refusal(
                .tooLarge, "The document would be cut into more than \(limits.passages) passages. Choose larger ones.",
                field: "file")
        }
        guard bytes <= limits.passageBytes else {
            throw Refusal(
                .tooLarge, "The passages would repeat too much of the document. Choose a smaller overlap.",
                field: "file")
        }
        cuttings.append(cutting)
    }

    /// The indentation of the first line stays.
    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        let ink = text.firstInk(in: range)
        var start = ink
        while start > range.lowerBound, text.bytes[start - 1] != Byte.newline { start -= 1 }
        var end = range.upperBound
        while end > ink, text.bytes[end - 1].isSpace { end -= 1 }
        return start..<max(start, end)
    }
}

extension String {
    /// Whether there is nothing to be read, in any script.
    var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
