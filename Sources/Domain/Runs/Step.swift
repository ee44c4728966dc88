/// Something that a run does besides hearing its model: looking something up, or having a tool called.
package struct Step: Sendable, Equatable, Codable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case retrieval, tool
    }

    /// Tells it from the other steps of its run.
    package var id: String
    package var kind: Kind
    /// What people call it.
    package var name: String
    /// What it was asked.
    package var input: String
    /// What came of it, once it is over.
    package var output: String?
    /// Why nothing came of it.
    package var failure: String?
    /// The passages that a retrieval gave the model.
    package var passages: [UsedPassage]?

    package init(id: String, kind: Kind, name: String, input: String) {
        self.id = id
        self.kind = kind
        self.name = name
        self.input = input
    }

    package func finished(_ output: String) -> Step {
        var step = self
        step.output = output
        return step
    }

    package func failed(_ why: String) -> Step {
        var step = self
        step.failure = why
        return step
    }
}
