/// What policies say of changes: of all whether they may be now, and of what cannot be taken back whether a person
/// has to agree to it first.
extension Shop {
    /// - Returns: whether a person is asked first; then the operation waits, and is written down.
    /// - Throws: `forbidden` where the policies forbid it.
    func asksFirst(
        _ operation: inout ServiceOperation, _ service: Service, isDestructive: Bool, for buyer: Buyer, _ books: Books,
        _ rows: any Transaction
    ) throws -> Bool {
        guard !buyer.isOwner else { return false }
        let wish = PolicyWish(
            operation.action, on: service, isDestructive: isDestructive, address: buyer.address,
            at: operation.createdAt)
        let ground = ShopGround(rows, account: service.account, isTest: service.isTest, books: books)
        let decision = try PolicyJudge.judge(wish, under: rows.layers(for: buyer), on: ground)
        switch decision.outcome {
        case .allow: return false
        case .deny:
            throw Refusal(
                .forbidden, "The policies forbid \(operation.action.name).", code: "policy_denied",
                details: decision.trace.json)
        case .ask: break
        }
        let approval = Approval(
            id: world.newID(), account: operation.account, subject: .operation(operation.id),
            hash: operation.fingerprint, reasons: decision.trace.filter { $0.outcome == .ask },
            createdAt: operation.createdAt,
            expiresAt: operation.createdAt.adding(seconds: 60 * decision.approvalMinutes))
        operation.status = .awaitingApproval
        operation.approval = approval.id
        operation.dueAt = approval.expiresAt
        var told = operation.told.object ?? [:]
        told["approvalId"] = .string(approval.id.uuid)
        books.tell("operation.awaiting_approval", of: operation.id, by: buyer.actor, .object(told))
        try rows.insert(approval)
        try rows.insert(operation)
        return true
    }

    /// What a person said of an operation that waited.
    func decide(
        operation id: ID, _ approval: Approval, _ decision: Approval.Decision, _ books: Books, _ rows: any Transaction
    ) throws -> ServiceOperation {
        var operation = try rows.find(ServiceOperation.self, id, of: approval.account)
        guard operation.status == .awaitingApproval, approval.hash == operation.fingerprint else {
            throw Refusal(.conflict, "The operation is not what was to be agreed to.")
        }
        operation.updatedAt = decision.at
        if decision.isApproval {
            try begin(&operation, decision, books, rows)
        } else {
            operation.end(as: .rejected, because: decision.note, books, by: decision.actor)
        }
        return try rows.update(operation)
    }

    /// Judges it once more, by the policies as they are now.
    private func begin(
        _ operation: inout ServiceOperation, _ decision: Approval.Decision, _ books: Books, _ rows: any Transaction
    ) throws {
        let service = try rows.find(Service.self, operation.service, of: operation.account)
        var wish = PolicyWish(operation.action, on: service, isDestructive: true, at: decision.at)
        (wish.isAgreedTo, wish.isWithoutAddress) = (true, true)
        let layers = try rows.layers(of: operation.account, agent: operation.agent, key: operation.key)
        let ground = ShopGround(rows, account: service.account, isTest: service.isTest, books: books)
        guard try PolicyJudge.judge(wish, under: layers, on: ground).outcome != .deny else {
            return operation.end(as: .denied, because: Self.stricterPolicies, books, by: decision.actor)
        }
        guard operation.action.name == ServiceAction.cancel else {
            try service.checkManageable()
            try start(&operation, service, books, by: decision.actor, at: decision.at)
            operation.dueAt = decision.at
            return
        }
        let isAtPeriodEnd = operation.action.input["when"]?.string == ServiceAction.atPeriodEnd
        try Self.cancel(service, atPeriodEnd: isAtPeriodEnd, books, rows, by: decision.actor, at: decision.at)
        operation.end(as: .succeeded, because: nil, books, by: decision.actor)
    }

    /// Nobody agreed in time.
    func expire(_ taken: ServiceOperation) async throws {
        let now = world.now()
        try await write(taken.account) { books, rows in
            var operation = try rows.find(ServiceOperation.self, taken.id, of: taken.account)
            guard operation.version == taken.version else { return }
            operation.updatedAt = now
            operation.end(as: .expired, because: "nobody agreed in time", books, by: "shop")
            try rows.close(operation.approval, as: .expired, of: operation.account)
            try rows.update(operation)
        }
        news.tell(taken.id)
    }
}

extension ServiceOperation {
    init(_ action: ManagementAction, on service: Service, id: ID, by buyer: Buyer, at now: Timestamp) {
        self.init(
            id: id, account: service.account, service: service.id, action: action, actor: buyer.actor,
            agent: buyer.agent, key: buyer.key, createdAt: now, updatedAt: now)
    }

    /// SHA-256 of what is to be done, and to what.
    fileprivate var fingerprint: String {
        JSONValue.array([.string(id.uuid), .string(service.uuid), .string(action.name), action.input]).fingerprint
    }

    /// What events say of it.
    var told: JSONValue { ["action": .string(action.name), "serviceId": .string(service.uuid)] }

    fileprivate mutating func end(as status: Status, because reason: String?, _ books: Books, by actor: String) {
        (self.status, self.reason, dueAt) = (status, reason, nil)
        var told = told.object ?? [:]
        told["reason"] = reason.map { .string($0) }
        books.tell("operation.\(status.rawValue)", of: id, by: actor, .object(told))
    }
}
