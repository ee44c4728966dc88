/// Phone numbers that are kept for films and books, so that they belong to nobody.
struct NumberRange: Sendable, Equatable {
    static let types = ["local", "mobile", "toll_free"]
    static let countries = ["US", "CA", "GB", "DE", "FR", "AU"]

    let country: String
    let type: String
    /// `new-york`; nil where the range is of no city.
    let locality: String?
    /// `+1212555`
    let prefix: String
    /// How many digits come after the prefix.
    let digits: Int
    /// What they are for the first number, and how many numbers there are.
    let first: Int
    let count: Int

    init(
        _ country: String, _ type: String, _ locality: String?, _ prefix: String, digits: Int, first: Int = 0,
        count: Int
    ) {
        self.country = country
        self.type = type
        self.locality = locality
        self.prefix = prefix
        self.digits = digits
        self.first = first
        self.count = count
    }

    /// The number at a place of the range, from 0.
    func number(_ place: Int) -> String {
        let rest = String(first + place)
        return prefix + String(repeating: "0", count: max(digits - rest.count, 0)) + rest
    }

    /// Those of a country and type: the ones of the city, if it has any.
    static func matching(country: String, type: String, locality: String?) -> [NumberRange] {
        let fitting = all.filter { $0.country == country && $0.type == type }
        let wanted = locality.map(plain)
        let near = fitting.filter { $0.locality != nil && $0.locality == wanted }
        return near.isEmpty ? fitting : near
    }

    /// `New York` and `new-york` are one.
    private static func plain(_ locality: String) -> String {
        locality.lowercased().replacing(" ", with: "-").replacing(".", with: "").replacing("'", with: "")
    }
}
