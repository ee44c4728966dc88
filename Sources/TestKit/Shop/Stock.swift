package import Domain
import Synchronization

/// What a depot has, and what it was asked.
struct Stock: Sendable {
    var effects: [String: Effect] = [:]
    /// How often each thing was brought; once is right.
    var things: [String: Int] = [:]
    /// How often each change was made, by its token.
    var changes: [String: Int] = [:]
    /// From now on nothing goes wrong, and everything is known.
    var isCalm = false
}

/// One effect that was asked for.
struct Effect: Sendable {
    let mood: Mood
    let bring: @Sendable (inout Stock) -> String
    var asks = 0
    var lookups = 0
    /// The resource, once it has come about.
    private(set) var resource: String?

    init(mood: Mood, bring: @escaping @Sendable (inout Stock) -> String) {
        self.mood = mood
        self.bring = bring
    }

    private mutating func done(_ kind: String, _ stock: inout Stock) -> ProvisionOutcome {
        come(&stock)
        return .succeeded(ResourceRef(provisioner: kind, id: resource ?? ""), outputs: ["asks": .integer(Int64(asks))])
    }

    private mutating func come(_ stock: inout Stock) {
        if resource == nil { resource = bring(&stock) }
    }

    /// How often anything was asked about it after the first time.
    private var tries: Int { lookups + asks - 1 }

    private static let no = ProvisionOutcome.failed(code: "sold_out", message: "There is none.", isDefinite: true)

    mutating func outcome(of kind: String, in stock: inout Stock, isCalm: Bool) -> ProvisionOutcome {
        switch mood {
        case .willing: return done(kind, &stock)
        case .twice:
            come(&stock)
            return done(kind, &stock)
        case .unable: return Self.no
        case .missed:
            return asks > 1 ? done(kind, &stock) : .failed(code: "busy", message: "Try again.", isDefinite: false)
        case .muteDone(let most):
            come(&stock)
            return tries > most || isCalm ? done(kind, &stock) : .unknown("no answer")
        case .muteUndone: return asks > 1 || isCalm ? done(kind, &stock) : .unknown("no answer")
        case .slow(let most):
            return tries > most || isCalm
                ? done(kind, &stock) : .pending(pollAfterMilliseconds: 3000, reason: "it takes its time")
        case .needsPerson(let most, let isDone):
            guard tries > most || isCalm else { return .actionRequired(["confirm": "address"]) }
            return isDone ? done(kind, &stock) : Self.no
        case .silent(let isDone):
            if isDone { come(&stock) }
            return isCalm ? done(kind, &stock) : .unknown("silence")
        }
    }

    mutating func found(of kind: String, in stock: inout Stock, isCalm: Bool) -> ProvisionLookup {
        switch mood {
        case .willing, .twice, .missed: return resource == nil ? .absent : .found(done(kind, &stock))
        case .unable, .slow, .needsPerson: return .found(outcome(of: kind, in: &stock, isCalm: isCalm))
        case .muteDone(let most): return tries > most || isCalm ? .found(done(kind, &stock)) : .unknown
        case .muteUndone(let most):
            if resource != nil { return .found(done(kind, &stock)) }
            return tries > most || isCalm ? .absent : .unknown
        case .silent:
            guard isCalm else { return .unknown }
            return resource == nil ? .absent : .found(done(kind, &stock))
        }
    }
}

/// What a test is told of a depot.
extension Depot {
    /// What came of an effect: nil where it was never asked for.
    package func has(_ token: OperationToken) -> (mood: Mood, isDone: Bool, asks: Int)? {
        state.withLock { stock in
            stock.effects[token.text].map { ($0.mood, $0.resource != nil, $0.asks) }
        }
    }

    /// What an effect was brought about on.
    package func resource(of token: OperationToken) -> String? {
        state.withLock { $0.effects[token.text]?.resource }
    }

    /// What a thing was touched by.
    package func story(of resource: String) -> [String] {
        state.withLock { stock in
            stock.effects.filter { $0.value.resource == resource }
                .map { "\($0.key): \($0.value.mood), \($0.value.asks)" }
        }
    }

    /// Things that are there, and everything that came about more than once.
    package var things: (there: Set<String>, double: [String]) {
        state.withLock { stock in
            let double = [stock.things, stock.changes].flatMap { $0.filter { $0.value != 1 }.map(\.key) }
            return (Set(stock.things.keys), double)
        }
    }

    /// How each effect was gone about.
    package var moods: [Mood] { state.withLock { $0.effects.values.map(\.mood) } }

    package func calmDown() { state.withLock { $0.isCalm = true } }
}
