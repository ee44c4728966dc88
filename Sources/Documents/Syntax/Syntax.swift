import Domain

/// What a document is made of, by the rules of its format.
struct Syntax {
    private let document: Document
    private let quantity: Int

    /// - Parameter quantity: the most tokens of a passage.
    init(_ document: Document, quantity: Int) {
        self.document = document
        self.quantity = quantity
    }

    func parts() -> [Part] {
        let text = document.text
        switch document.structure {
        case .paragraphs: return paragraphs
        case .sections(let headings):
            return SectionSyntax(text, sections).parts(headings)
        case .markdown:
            var syntax = MarkdownSyntax(text, sections)
            return syntax.parts()
        case .json, .jsonLines:
            var syntax = JSONSyntax(text, tree)
            // What is broken is read as any text is: rather cut badly than not at all.
            return syntax.parts() ?? paragraphs
        case .yaml:
            var syntax = YAMLSyntax(text, tree)
            return syntax.parts()
        case .table(let separator):
            return TableSyntax(text, separator: separator, quantity: quantity).parts()
        case .code(let language):
            return CodeSyntax(text, language, definitions).parts()
        }
    }

    private var paragraphs: [Part] { SectionSyntax(document.text, sections).parts([]) }

    /// Less than this is hardly worth being found alone.
    private var floor: Int { max(1, quantity / 8) }

    /// A title, or a title and a sentence.
    private var opening: Int { max(12, quantity / 16) }

    private var sections: Outline.Sizes {
        .init(whole: floor, neighbours: floor, nameless: quantity, opening: opening, opensWithWords: true)
    }

    private var tree: Outline.Sizes {
        .init(whole: quantity, neighbours: quantity, nameless: quantity, opening: opening)
    }

    private var definitions: Outline.Sizes {
        .init(whole: quantity, neighbours: floor, nameless: quantity, opening: opening)
    }
}
