import Domain
import Ledger
import Provisioners
import TestKit
import Testing

@Suite("What every provisioner promises")
struct ContractTests {
    /// Two of everything that a driver sells, each configured so that it can be had.
    private func requests(_ driver: Driver, in workshop: Workshop) throws -> [ProvisionRequest] {
        try (0..<2).flatMap { round in
            try driver.items.map { item in
                let isDomain = item == "cat_domain_com"
                let isServer = item.hasPrefix("cat_vps")
                return try workshop.request(
                    item,
                    isDomain
                        ? ["domainName": .string("launchpad-\(round).com")]
                        : isServer ? ["hostname": .string("\(item.filter(\.isLetter))-\(round)")] : [:])
            }
        }
    }

    @Test("The same token twice brings one thing, and the same answer", arguments: Driver.all)
    func once(_ driver: Driver) async throws {
        let workshop = try Workshop()
        let provisioner = driver.make(workshop)
        for request in try requests(driver, in: workshop) {
            let first = try await provisioner.bring(request)
            let again = try await provisioner.bring(request)
            #expect(first.withoutSecrets == again.withoutSecrets)
        }
        #expect(try await Set(provisioner.inventory()).count == provisioner.inventory().count)
    }

    @Test("Different tokens at once do not mix, and all and only what was brought is there", arguments: Driver.all)
    func apart(_ driver: Driver) async throws {
        let workshop = try Workshop()
        let provisioner = driver.make(workshop)
        let requests = try requests(driver, in: workshop)
        let ended = try await withThrowingTaskGroup(of: (ProvisionRequest, ProvisionOutcome).self) { group in
            for request in requests { group.addTask { (request, try await provisioner.bring(request)) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        var brought: Set<ResourceRef> = []
        for (request, outcome) in ended {
            guard case .succeeded(let resource, let outputs, _) = outcome else { continue }
            brought.insert(resource)
            #expect(resource.provisioner == provisioner.kind)
            for name in ["domainName", "hostname", "capacityGb", "countryCode"] {
                guard let wanted = request.configuration[name] else { continue }
                #expect(outputs[name] == wanted)
            }
        }
        #expect(brought.count == ended.filter(\.1.isSuccess).count)
        if !provisioner.isImmediate { #expect(try await Set(provisioner.inventory()) == brought) }
    }

    @Test("What is taken away twice is gone, and both succeed", arguments: Driver.all)
    func away(_ driver: Driver) async throws {
        let workshop = try Workshop()
        let provisioner = driver.make(workshop)
        for request in try requests(driver, in: workshop) {
            guard case .succeeded(let resource, _, _) = try await provisioner.bring(request) else { continue }
            let token = OperationToken(request.service, "deprovision")
            var outcome = try await provisioner.takeAway(resource, token)
            var attempt = 0
            while !outcome.isSuccess, attempt < 20 {
                // A definite failure: the shop begins again, with another token.
                attempt += 1
                outcome = try await provisioner.takeAway(resource, OperationToken(request.service, "again-\(attempt)"))
            }
            #expect(outcome.isSuccess)
            #expect(try await !provisioner.inventory().contains(resource))
            let second = OperationToken(request.service, "deprovision-\(workshop.clock.world.newID())")
            let again = try await provisioner.takeAway(resource, second)
            #expect(again.isSuccess || again.isDefiniteFailure)
        }
        #expect(try await provisioner.inventory().isEmpty)
    }

    @Test("What is not there is found to be absent, or to be nothing that is known", arguments: Driver.all)
    func absent(_ driver: Driver) async throws {
        let workshop = try Workshop()
        let found = await driver.make(workshop).lookup(OperationToken(workshop.ana, "provision"))
        #expect(found == .absent)
    }

    @Test("Every example meets its own requirements, can be had, and costs something", arguments: Driver.all)
    func examples(_ driver: Driver) async throws {
        let workshop = try Workshop()
        let provisioner = driver.make(workshop)
        for item in try driver.items.map(Workshop.item) {
            let requirements = provisioner.requirements(of: item)
            #expect(await provisioner.canProvide(item))
            try requirements.validate(requirements.example)
            try await provisioner.check(item, requirements.example)
            let price = try provisioner.price(item, requirements.example, quantity: 1)
            #expect(price.total > .zero && price.total.isWhole)
            #expect(price.lines.reduce(0) { $0 + $1.amount.micros } == price.total.micros)
        }
    }
}

extension ProvisionOutcome {
    var isSuccess: Bool { if case .succeeded = self { true } else { false } }
    var isDefiniteFailure: Bool { if case .failed(_, _, isDefinite: true) = self { true } else { false } }

    var withoutSecrets: ProvisionOutcome {
        guard case .succeeded(let resource, let outputs, _) = self else { return self }
        return .succeeded(resource, outputs: outputs)
    }
}
