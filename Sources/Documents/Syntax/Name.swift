/// The name of a place in a document, made into words only when somebody asks for them.
enum Name: Sendable, Equatable {
    case none
    /// It stands in the text.
    case text(Range<Int>)
    /// The place in a list, from 0.
    case element(Int)
    case words(String)

    private static let longest = 80

    /// - Returns: one line, and not a long one.
    func words(in text: SourceText) -> String {
        switch self {
        case .none: ""
        case .text(let range):
            Self.oneLine(text.string(range.lowerBound..<min(range.upperBound, text.boundary(range.lowerBound + 1024))))
        case .element(let number): "[\(number)]"
        case .words(let words): Self.oneLine(words)
        }
    }

    private static func oneLine(_ words: String) -> String {
        let line = words.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count > longest ? line.prefix(longest - 1) + "…" : line
    }
}

/// Where a part of a document begins, of which a reader of the bytes has seen the heading.
struct Heading: Sendable, Equatable {
    var start: Int
    /// 1 is the highest; a heading ends all those whose level is not smaller.
    var level: Int
    var name: Name
}
