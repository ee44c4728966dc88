/// How much of a document is read, and how much is made of it.
package struct DocumentLimits: Sendable, Equatable {
    /// The time that a program has to read one PDF.
    package var seconds: Int
    /// The memory that such a program may ask for.
    package var memoryBytes: Int
    /// The text that is read out of one document.
    package var textBytes: Int
    /// The passages that one document is cut into.
    package var passages: Int
    /// The text of all these together, which is more than the document's where they overlap.
    package var passageBytes: Int

    package init(
        seconds: Int = 30, memoryBytes: Int = 1 << 30, textBytes: Int = 64 << 20, passages: Int = 100_000,
        passageBytes: Int = 256 << 20
    ) {
        self.seconds = seconds
        self.memoryBytes = memoryBytes
        self.textBytes = textBytes
        self.passages = passages
        self.passageBytes = passageBytes
    }

    /// The tokens of the passage of a document that nobody wanted to have cut.
    static let wholeTokens = 8_000
}
