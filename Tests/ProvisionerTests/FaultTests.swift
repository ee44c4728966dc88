import Domain
import Provisioners
import TestKit
import Testing

@Suite("What goes wrong in the simulation")
struct FaultTests {
    @Test("An effect whose answer was lost is there, and is found")
    func lostAnswer() async throws {
        let workshop = try Workshop(faults: FaultPlan(always: .lostAnswer(lookups: 2)))
        let request = try workshop.request("cat_vps_micro")
        guard case .unknown = await workshop.simulated.provision(request) else {
            Issue.record("The answer was not lost.")
            return
        }
        #expect(try await workshop.simulated.inventory().count == 1)
        #expect(await workshop.simulated.lookup(request.token) == .unknown)
        #expect(await workshop.simulated.lookup(request.token) == .unknown)
        guard case .found(let outcome) = await workshop.simulated.lookup(request.token) else {
            Issue.record("It was not found.")
            return
        }
        let done = try Workshop.done(outcome)
        #expect(done.resource.id == request.service.uuid)
        #expect(done.outputs["hostname"] == "web-1")
        #expect(try await workshop.simulated.inventory() == [done.resource])
    }

    @Test("A call that never arrived has no effect, and the second one has one")
    func noEffect() async throws {
        let workshop = try Workshop(faults: FaultPlan(always: .noEffect))
        let request = try workshop.request("cat_vps_micro")
        guard case .unknown = await workshop.simulated.provision(request) else {
            Issue.record("It arrived.")
            return
        }
        #expect(try await workshop.simulated.inventory().isEmpty)
        #expect(await workshop.simulated.lookup(request.token) == .absent)
        _ = try Workshop.done(await workshop.simulated.provision(request))
        #expect(try await workshop.simulated.inventory().count == 1)
    }

    @Test("What takes its time is pending until it is there, whoever asks")
    func slow() async throws {
        let workshop = try Workshop(faults: FaultPlan(always: .slow(lookups: 2)))
        let request = try workshop.request("cat_vps_micro")
        let pending = ProvisionOutcome.pending(pollAfterMilliseconds: 50, reason: "It is being prepared.")
        #expect(await workshop.simulated.provision(request) == pending)
        #expect(await workshop.simulated.provision(request) == pending)
        #expect(await workshop.simulated.lookup(request.token) == .found(pending))
        #expect(await workshop.simulated.lookup(request.token) == .found(pending))
        guard case .found(.succeeded) = await workshop.simulated.lookup(request.token) else {
            Issue.record("It is not there.")
            return
        }
    }

    @Test("A person is waited for, and then it is there")
    func person() async throws {
        let workshop = try Workshop(faults: FaultPlan(always: .personNeeded(lookups: 1)))
        let request = try workshop.request("cat_domain_com")
        guard case .actionRequired(let what) = await workshop.simulated.provision(request),
            case .found(.actionRequired) = await workshop.simulated.lookup(request.token),
            case .found(.succeeded) = await workshop.simulated.lookup(request.token)
        else {
            Issue.record("Nobody was waited for.")
            return
        }
        #expect(what["kind"] == "confirmation")
    }

    @Test("What has failed for good stays so, however often it is asked for")
    func failure() async throws {
        let workshop = try Workshop(faults: FaultPlan(always: .failure))
        let request = try workshop.request("cat_vps_micro")
        let first = await workshop.simulated.provision(request)
        #expect(first.isDefiniteFailure)
        let healthy = Simulated(store: workshop.store, world: workshop.clock.world)
        #expect(await healthy.provision(request) == first)
        #expect(await healthy.lookup(request.token) == .found(first))
        #expect(try await healthy.inventory().isEmpty)
    }

    @Test("What was refused stays refused for its token, also when it could be had now")
    func refusedOnce() async throws {
        let workshop = try Workshop()
        let held = try await workshop.bring("cat_domain_com")
        let request = try workshop.request("cat_domain_com")
        let refused = await workshop.simulated.provision(request)
        #expect(refused.isDefiniteFailure)
        _ = await workshop.simulated.deprovision(held.resource, token: OperationToken(workshop.ana, "deprovision"))
        #expect(await workshop.simulated.provision(request) == refused)
        _ = try await workshop.bring("cat_domain_com")
    }

    @Test("The same seed makes the same things go wrong")
    func seeded() async throws {
        var endings: [[ProvisionOutcome]] = []
        let shared = try Workshop()
        let requests = try (0..<20).map { try shared.request("cat_vps_micro", ["hostname": .string("web-\($0)")]) }
        for _ in 0..<2 {
            let workshop = try Workshop(faults: FaultPlan(seed: 7, percent: 90))
            var answers: [ProvisionOutcome] = []
            for request in requests { answers.append(await workshop.simulated.provision(request)) }
            endings.append(answers)
        }
        #expect(endings[0] == endings[1])
        #expect(Set(endings[0].map { String("\($0)".prefix(6)) }).count >= 3)
    }

    @Test("Actions are done once for their token too")
    func actionsOnce() async throws {
        let workshop = try Workshop(
            faults: FaultPlan { $0.text.hasSuffix("snapshot") ? .lostAnswer(lookups: 1) : nil })
        let server = try await workshop.bring("cat_vps_micro")
        let action = ManagementAction("server_snapshot_create", ["label": "before"])
        let token = OperationToken(workshop.ana, "snapshot")
        let outcome = try await workshop.simulated.ending(token) {
            await workshop.simulated.perform(action, on: server.resource, token: token)
        }
        _ = await workshop.simulated.perform(action, on: server.resource, token: token)
        let listed = try await workshop.inspect("server_snapshot_list", on: server.resource)
        #expect(listed["snapshots"]?.array?.count == 1)
        #expect(try Workshop.done(outcome).outputs["snapshotId"] == listed["snapshots"]?.array?[0]["snapshotId"])
    }
}
