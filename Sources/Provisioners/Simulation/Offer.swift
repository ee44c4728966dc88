import Domain

/// An item as the simulation understands it: what it asks for, and what that costs.
struct Offer {
    /// What comes of it.
    enum Kind: Sendable, Equatable {
        /// - Parameter suffix: `.com`
        case domain(suffix: String)
        case server(images: [String])
        case phone
        case bucket
        case volume(leastGigabytes: Int64)
    }

    static let mostGigabytes: Int64 = 65_536
    static let mostYears: Int64 = 10
    static let mostMonths: Int64 = 36

    let item: CatalogItem
    let kind: Kind

    /// - Returns: nil for what the simulation does not have.
    init?(_ item: CatalogItem) {
        guard let kind = Self.kind(of: item) else { return nil }
        self.item = item
        self.kind = kind
    }

    private static func kind(of item: CatalogItem) -> Kind? {
        switch item.serviceType {
        case "domain": return .domain(suffix: item.traits["suffix"]?.string ?? ".com")
        case "server":
            let images = item.traits["images"]?.array?.compactMap(\.string) ?? []
            return .server(images: images.isEmpty ? ["ubuntu-24.04", "debian-12"] : images)
        case "phone_number": return .phone
        case "storage_service":
            guard item.traits["storageClass"]?.string == "block" else { return .bucket }
            return .volume(leastGigabytes: item.traits["leastGb"]?.integer ?? 1)
        default: return nil
        }
    }
}
