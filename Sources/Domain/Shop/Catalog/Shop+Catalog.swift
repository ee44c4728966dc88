import Ledger

/// What is sold: what the server sells of itself, changed and added to by what owners have put there.
extension Shop {
    /// An item with what its configuration must look like, and who provides it.
    package struct Checkout: Sendable {
        package var item: CatalogItem
        package var requirements: ItemRequirements
        package var reality: Reality
        /// The provider, as people call it.
        package var provider: String
    }

    /// Everything, also what is not sold any more.
    package var catalog: [CatalogItem] {
        let put = directory.snapshot.catalog
        let changed = Dictionary(put.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        let own = DefaultCatalog.items
        return own.map { changed[$0.id] ?? $0 } + put.filter { item in !own.contains { $0.id == item.id } }
    }

    /// What is sold now.
    private func shelf() async throws -> [CatalogItem] {
        try await directory.refresh()
        var sold: [CatalogItem] = []
        for item in catalog where !item.isDisabled {
            if let provisioner = try? provisioner(item.provisioner), await provisioner.canProvide(item) {
                sold.append(item)
            }
        }
        return sold
    }

    /// In the order of the catalog.
    package func categories() async throws -> [(name: String, items: Int)] {
        try await shelf().reduce(into: []) { sums, item in
            if let place = sums.firstIndex(where: { $0.name == item.category }) {
                sums[place].items += 1
            } else {
                sums.append((item.category, 1))
            }
        }
    }

    /// Items of a category whose name, sku or description have some letters in them, whatever their case.
    /// - Parameter after: the id of the last item of the page before.
    package func items(
        category: String?, query: String?, limit: Int, after: String?
    ) async throws -> (items: [CatalogItem], next: String?) {
        let wanted = query?.lowercased() ?? ""
        var found = try await shelf().filter { item in
            (category == nil || item.category == category)
                && (wanted.isEmpty || [item.name, item.sku, item.about].contains { $0.lowercased().contains(wanted) })
        }
        if let after {
            guard let place = found.firstIndex(where: { $0.id == after }) else {
                throw Refusal.invalid("cursor", "cursor is none of this list.")
            }
            found.removeFirst(place + 1)
        }
        let page = Array(found.prefix(limit))
        return (page, found.count > page.count ? page.last?.id : nil)
    }

    package func checkout(_ itemID: String) async throws -> Checkout {
        let item = try await item(itemID)
        let provisioner = try provisioner(item.provisioner)
        return Checkout(
            item: item, requirements: provisioner.requirements(of: item), reality: provisioner.reality,
            provider: provisioner.name)
    }

    /// One that is sold now.
    func item(_ id: String) async throws -> CatalogItem {
        try await directory.refresh()
        guard let item = catalog.first(where: { $0.id == id }) else {
            throw Refusal(.notFound, "There is no item “\(id)” in the catalog.", field: "catalogItemId")
        }
        guard !item.isDisabled, let provisioner = try? provisioner(item.provisioner),
            await provisioner.canProvide(item)
        else { throw Self.notSold(item) }
        return item
    }

    static func notSold(_ item: CatalogItem) -> Refusal {
        Refusal(
            .conflict, "\(item.name) is not sold at this moment.", field: "catalogItemId", code: "item_unavailable")
    }

    /// Adds an item, or changes the one of that id, for all accounts of the server: at the command line, or by an
    /// owner key of the server's first account.
    package func put(item: CatalogItem, by buyer: Buyer) async throws {
        guard buyer.isOwner else { throw Refusal(.forbidden, "Only an owner changes the catalog.") }
        if buyer.role != .owner(key: nil) {
            let first = try await store.read { try $0.accounts().map(\.id).min() }
            guard buyer.account == first else {
                throw Refusal(
                    .forbidden, "The catalog is the server's: keys of its first account change it, or its operator.",
                    code: "forbidden")
            }
        }
        try Self.check(item)
        guard provisioners.contains(where: { $0.kind == item.provisioner }) else {
            throw Refusal.invalid("provider", "There is no provider “\(item.provisioner)” on this server.")
        }
        try await write(buyer.account) { books, rows in
            try rows.put(item)
            try rows.raiseRevision()
            books.tell("catalog.changed", of: nil, by: buyer.actor, ["catalogItemId": .string(item.id)])
        }
        try await directory.refresh()
    }

    package func setDisabled(item id: String, to isDisabled: Bool, by buyer: Buyer) async throws {
        try await directory.refresh()
        guard var item = catalog.first(where: { $0.id == id }) else {
            throw Refusal(.notFound, "There is no item “\(id)” in the catalog.", field: "catalogItemId")
        }
        item.isDisabled = isDisabled
        try await put(item: item, by: buyer)
    }

    private static func check(_ item: CatalogItem) throws(Refusal) {
        guard item.id.wholeMatch(of: /cat_[a-z0-9_]{1,60}/) != nil else {
            throw .invalid("id", "id is cat_ and then up to 60 of a-z, 0-9 and _.")
        }
        guard !item.name.isEmpty, item.name.utf8.count <= 200, item.about.utf8.count <= 2000 else {
            throw .invalid("name", "An item has a name of up to 200 bytes and a description of up to 2,000.")
        }
        guard item.category.wholeMatch(of: /[a-z0-9_]{1,40}/) != nil else {
            throw .invalid("category", "category is up to 40 of a-z, 0-9 and _.")
        }
        guard item.price.unit.micros >= 0, item.price.unit.isWhole else {
            throw .invalid("price", "A price is a whole number of cents, not below 0.")
        }
    }
}
