/// The ranges: 555-0100 to 555-0199 of North American areas, and what Britain, Germany, France and Australia keep.
extension NumberRange {
    static let all = american + british + german + french + australian

    private static let american: [NumberRange] =
        areas.flatMap { country, city, codes in
            codes.flatMap { code in
                [
                    NumberRange(country, "local", city, "+1\(code)555", digits: 4, first: 100, count: 100),
                    NumberRange(country, "mobile", city, "+1\(code)555", digits: 4, first: 100, count: 100),
                ]
            }
        } + [
            NumberRange("US", "toll_free", nil, "+1800555", digits: 4, first: 100, count: 100),
            NumberRange("CA", "toll_free", nil, "+1888555", digits: 4, first: 100, count: 100),
        ]

    private static let areas = [
        ("US", "new-york", ["212", "646", "917", "718", "347"]), ("US", "san-francisco", ["415", "628"]),
        ("US", "los-angeles", ["213", "310", "323"]), ("US", "chicago", ["312", "773"]),
        ("US", "austin", ["512", "737"]), ("US", "seattle", ["206"]), ("US", "boston", ["617", "857"]),
        ("US", "miami", ["305", "786"]), ("US", "washington", ["202"]), ("CA", "toronto", ["416", "647"]),
        ("CA", "montreal", ["514", "438"]), ("CA", "vancouver", ["604", "778"]),
    ]

    private static let british = [
        NumberRange("GB", "local", "london", "+44207946", digits: 4, count: 1000),
        NumberRange("GB", "mobile", nil, "+447700900", digits: 3, count: 1000),
        NumberRange("GB", "toll_free", nil, "+44808157", digits: 4, count: 1000),
    ]

    private static let german = [
        NumberRange("DE", "local", "berlin", "+493023125", digits: 3, count: 1000),
        NumberRange("DE", "local", "frankfurt", "+496990009", digits: 3, count: 1000),
        NumberRange("DE", "local", "munich", "+498999998", digits: 3, count: 1000),
        NumberRange("DE", "mobile", nil, "+4917139200", digits: 2, count: 100),
    ]

    private static let french = [
        NumberRange("FR", "local", "paris", "+3319900", digits: 4, count: 10_000),
        NumberRange("FR", "mobile", nil, "+3363998", digits: 4, count: 10_000),
    ]

    private static let australian = [
        ("sydney", "2"), ("melbourne", "3"), ("brisbane", "7"), ("perth", "8"),
    ].map { city, code in NumberRange("AU", "local", city, "+61\(code)5550", digits: 4, count: 10_000) }
}
