/// A piece of a document that can be found, and is what a model is given.
package struct Passage: Sendable, Equatable {
    /// Given by the store; 0 before.
    package var number: Int64 = 0
    package var source: ID
    package var document: ID
    /// Its place in the document, from 0.
    package var place: Int
    package var heading: String
    package var text: String
    /// The first line of it in the document's text, from 1.
    package var line: Int

    package init(source: ID, document: ID, place: Int, cutting: Cutting) {
        self.source = source
        self.document = document
        self.place = place
        heading = cutting.heading
        text = cutting.text
        line = cutting.line
    }

    package var cutting: Cutting { Cutting(heading: heading, text: text, line: line) }

    /// What it is found by.
    var searched: String { heading.isEmpty ? text : heading + "\n" + text }
}

/// A passage's name outside: its document and its place there.
package struct PassageName: Sendable, Equatable {
    package var document: ID
    package var place: Int

    package init(document: ID, place: Int) {
        self.document = document
        self.place = place
    }
}

/// A passage that fits a question.
package struct FoundPassage: Sendable, Equatable {
    package var passage: Passage
    package var source: Source
    package var documentName: String
    package var mediaType: String
    /// Larger fits better, up to 1; comparable within one search only.
    package var score: Double

    package var used: UsedPassage {
        UsedPassage(
            source: source.id, slug: source.slug, sourceName: source.name, kind: source.kind.rawValue,
            document: passage.document, documentName: documentName, mediaType: mediaType, place: passage.place,
            score: score)
    }
}

/// A passage that a model was given, as the run's log names it.
package struct UsedPassage: Sendable, Equatable, Codable {
    package var source: ID
    package var slug: String
    package var sourceName: String
    package var kind: String
    package var document: ID
    package var documentName: String
    package var mediaType: String
    package var place: Int
    package var score: Double
}
