import Domain
import Ledger
import Provisioners
import SQLiteStore
import TestKit
import Testing

/// Where a test tries a provisioner: a store in memory, a clock that stands still, and Ana, who buys.
struct Workshop: Sendable {
    /// What a provisioner said no to.
    struct Failed: Error, Equatable {
        var code: String
        var message: String
    }

    let clock = SetClock()
    let store: any Store
    let simulated: Simulated
    let ana: ID
    let boris: ID

    init(faults: FaultPlan? = nil) throws {
        store = try SQLiteStore(inMemory: ())
        simulated = Simulated(store: store, world: clock.world, faults: faults)
        ana = clock.world.newID()
        boris = clock.world.newID()
    }

    static func item(_ id: String) throws -> CatalogItem { try #require(DefaultCatalog.item(id)) }

    /// A request for something of the catalog, as its example is configured unless it is said otherwise.
    func request(
        _ item: String, _ changes: [String: JSONValue] = [:], by account: ID? = nil, isTest: Bool = false
    ) throws -> ProvisionRequest {
        let found = try Self.item(item)
        let provisioner: any Provisioner = found.provisioner == "router" ? RouterProvisioner() : simulated
        let example = provisioner.requirements(of: found).example.object ?? [:]
        return ProvisionRequest(
            token: OperationToken(clock.world.newID(), "provision"), account: account ?? ana,
            service: clock.world.newID(), item: found,
            configuration: .object(example.merging(changes) { $1 }), quantity: 1, isTest: isTest)
    }

    /// Brings something and says where it is.
    func bring(
        _ item: String, _ changes: [String: JSONValue] = [:], by account: ID? = nil, isTest: Bool = false
    ) async throws -> (resource: ResourceRef, outputs: JSONValue) {
        try Self.done(await simulated.provision(request(item, changes, by: account, isTest: isTest)))
    }

    @discardableResult
    func perform(_ name: String, _ input: JSONValue, on resource: ResourceRef) async throws -> JSONValue {
        try await performTellingSecrets(name, input, on: resource).outputs
    }

    func performTellingSecrets(
        _ name: String, _ input: JSONValue, on resource: ResourceRef
    ) async throws -> (outputs: JSONValue, secrets: JSONValue) {
        let token = OperationToken(clock.world.newID(), name)
        let outcome = await simulated.perform(ManagementAction(name, input), on: resource, token: token)
        guard case .succeeded(_, let outputs, let secrets) = outcome else { throw Self.failure(outcome) }
        return (outputs, secrets)
    }

    func inspect(_ name: String, _ input: JSONValue = [:], on resource: ResourceRef? = nil) async throws -> JSONValue {
        try await simulated.inspect(ManagementAction(name, input), on: resource)
    }

    /// The code under which an action is refused.
    func code(of name: String, _ input: JSONValue, on resource: ResourceRef) async -> String? {
        do {
            try await perform(name, input, on: resource)
            return nil
        } catch {
            return (error as? Failed)?.code
        }
    }

    /// The field at fault of a look that is refused.
    func field(of name: String, _ input: JSONValue, on resource: ResourceRef? = nil) async -> String? {
        do {
            _ = try await inspect(name, input, on: resource)
            return nil
        } catch {
            return (error as? Refusal)?.field
        }
    }

    static func done(_ outcome: ProvisionOutcome) throws -> (resource: ResourceRef, outputs: JSONValue) {
        guard case .succeeded(let resource, let outputs, _) = outcome else { throw failure(outcome) }
        return (resource, outputs)
    }

    private static func failure(_ outcome: ProvisionOutcome) -> Failed {
        guard case .failed(let code, let message, true) = outcome else {
            return Failed(code: "not_done", message: "\(outcome)")
        }
        return Failed(code: code, message: message)
    }
}

extension JSONValue {
    /// The member of a member.
    subscript(path: String...) -> JSONValue? {
        path.reduce(self as JSONValue?) { $0?[$1] }
    }

    /// Every text anywhere in it.
    var texts: [String] {
        switch self {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap(\.texts)
        case .object(let members): members.values.flatMap(\.texts)
        default: []
        }
    }
}
