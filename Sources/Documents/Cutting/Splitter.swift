import Domain

/// Cuts one document as somebody wishes.
struct Splitter {
    private let document: Document
    private let splitting: Splitting
    private var passages: Passages

    init(_ document: Document, by splitting: Splitting, _ limits: DocumentLimits) {
        self.document = document
        self.splitting = splitting
        passages = Passages(of: document.text, limits)
    }

    /// - Throws: `invalid` where there is nothing to cut.
    consuming func cuttings() throws(Refusal) -> [Cutting] {
        let text = document.text
        let whole = 0..<text.count
        switch splitting.strategy {
        case .none:
            try add(Stretches(of: text, tokens: DocumentLimits.wholeTokens).pieces(of: whole))
        case .lines:
            try add(Windows.lines(of: text, splitting))
        case .characters:
            try add(Windows.characters(of: text, splitting))
        case .tokens:
            try add(
                Stretches(of: text, tokens: splitting.quantity, overlap: splitting.overlap, onlyWords: true)
                    .pieces(of: whole))
        case .syntactic:
            try addSyntactic()
        case .endpoint:
            try addEndpoints()
        }
        if passages.cuttings.isEmpty { throw Refusal(.invalid, "The file contains no text.", field: "file") }
        return passages.cuttings
    }

    private mutating func add(_ ranges: some Sequence<Range<Int>>) throws(Refusal) {
        for range in ranges { try passages.add(range) }
    }

    private mutating func addSyntactic() throws(Refusal) {
        let text = document.text
        let syntax = Syntax(document, quantity: splitting.quantity)
        for part in syntax.parts() {
            let room = splitting.quantity - TokenEstimate.tokens(in: part.preface)
            let overlap = min(splitting.overlap, max(0, room - 1))
            for piece in Stretches(of: text, tokens: room, overlap: overlap).pieces(of: part.range) {
                try passages.add(piece, heading: part.heading, preface: part.preface)
            }
        }
    }

    private mutating func addEndpoints() throws(Refusal) {
        for endpoint in try OpenAPI.endpoints(of: document) {
            let text = SourceText(Array(endpoint.text.utf8))
            let stretches = Stretches(of: text, tokens: splitting.quantity, overlap: splitting.overlap)
            for piece in stretches.pieces(of: 0..<text.count) {
                let words = text.string(piece)
                guard !words.isBlank else { continue }
                try passages.add(Cutting(heading: endpoint.heading, text: words.trimmedEnd, line: endpoint.line))
            }
        }
    }
}

extension String {
    /// Without the white space behind it.
    fileprivate var trimmedEnd: String {
        guard let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[...last])
    }
}
