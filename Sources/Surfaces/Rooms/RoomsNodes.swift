import Domain
import Wire

/// The nodes of a run, which are its steps, numbered as they come: the model is the first.
struct RoomsNodes {
    /// One node: its number, and its name once that is known.
    struct Node {
        let number: Int
        var name: String?
        /// When it began.
        var beganAt: Timestamp
    }

    private static let modelName = "LLM Node"

    private(set) var model: Node
    private var others: [String: Node] = [:]

    /// - Parameter beganAt: when the run was asked for.
    init(beganAt: Timestamp) {
        model = Node(number: 1, name: Self.modelName, beganAt: beganAt)
    }

    /// The model begins, or begins anew.
    mutating func beginModel(at moment: Timestamp) {
        model.beganAt = moment
    }

    mutating func node(of step: Step, at moment: Timestamp) -> Node {
        node("step \(step.id)", name: Self.name(of: step), at: moment)
    }

    /// The node of a tool call, of which only the first piece names the tool.
    mutating func node(ofCall index: Int, name: String?, at moment: Timestamp) -> Node {
        node("call \(index)", name: name, at: moment)
    }

    private mutating func node(_ key: String, name: String?, at moment: Timestamp) -> Node {
        var node = others[key] ?? Node(number: others.count + 2, name: nil, beganAt: moment)
        node.name = node.name ?? name
        others[key] = node
        return node
    }

    private static func name(of step: Step) -> String {
        switch step.kind {
        case .retrieval: "Retrieval Node: \(step.name)"
        case .tool: step.name
        }
    }
}
