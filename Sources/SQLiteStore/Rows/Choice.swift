/// Values of which a column may have one: `shelf IN (…)`. There are as many places as the next power of two, the last
/// value standing in several, so that few statements have to be kept prepared.
struct Choice {
    let values: [any Bindable]

    init(_ values: [some Bindable]) {
        var places = values.isEmpty ? 0 : 1
        while places < values.count { places *= 2 }
        self.values = values + repeatElement(values.last, count: places - values.count).compactMap { $0 }
    }

    var places: String { "(" + repeatElement("?", count: values.count).joined(separator: ", ") + ")" }
}
