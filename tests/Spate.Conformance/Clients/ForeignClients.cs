namespace Spate.Conformance.Clients;

/// <summary>The clients that the scenarios are run with, those of others and our own. What one of them lacks here, it lacks itself.</summary>
internal static class ForeignClients
{
    private const Ability Common =
        Ability.Topics | Ability.Groups | Ability.ReadsAsGroup | Ability.Nulls | Ability.DescribesGroups | Ability.DescribesConfigs | Ability.Cluster;

    private const Ability Modern =
        Common | Ability.Headers | Ability.TellsTimes | Ability.Times | Ability.DeletesTopics | Ability.AltersConfigs | Ability.CreatesPartitions;

    private static readonly string[] AllCodecs = ["none", "gzip", "snappy", "lz4", "zstd"];

    public static IReadOnlyList<ForeignClientKind> All { get; } =
    [
        new("kcat", Ability.TellsTimes | Ability.ReadsAsGroup, AllCodecs, () => new KcatClient()),
        new(
            SpateClient.Name,
            Ability.Topics | Ability.ReadsAsGroup | Ability.Nulls | Ability.NullRecords | Ability.Headers | Ability.TellsTimes | Ability.Times | Ability.Idempotence | Ability.PlacesKeysAsKafka | Ability.FramesSnappy
                | Ability.DeletesTopics | Ability.CreatesPartitions | Ability.DescribesConfigs | Ability.AltersSingleConfigs | Ability.Cluster,
            AllCodecs,
            () => new SpateClient()),
        Python("confluent-kafka", Modern | Ability.NullRecords | Ability.Cooperative | Ability.StaticMembers | Ability.Idempotence | Ability.Transactions | Ability.OutlivesItsProtocol
            | Ability.PlacesKeysAsKafka, AllCodecs),
        Python("kafka-python", Modern | Ability.DeletesGroups | Ability.FramesSnappy | Ability.PlacesKeysAsKafka | Ability.OutlivesItsProtocol, AllCodecs),
        Node(
            "kafkajs",
            Modern | Ability.NullRecords | Ability.DeletesGroups | Ability.DeletesRecords | Ability.Idempotence | Ability.Transactions | Ability.PlacesKeysAsKafka,
            "none",
            "gzip",
            "snappy"),
        Node(
            "platformatic-kafka",
            (Modern & ~Ability.AltersConfigs) | Ability.NullRecords | Ability.PlainSnappyOnly | Ability.RepeatsAfterRebalance
                | Ability.AltersSingleConfigs | Ability.DeletesGroups | Ability.DeletesRecords | Ability.LogDirectories
                | Ability.StaticMembers | Ability.Idempotence | Ability.Transactions | Ability.ConsumerProtocol,
            "none",
            "gzip",
            "snappy",
            "lz4"),
        Node("kafka-node", Common | Ability.OutlivesItsProtocol, "none", "gzip"),
    ];

    public static ForeignClientKind Named(string name) => All.Single(client => client.Name == name);

    /// <summary>The names of the clients that can do all of this, as a theory wants them.</summary>
    public static TheoryData<string> With(Ability ability) => [.. All.Where(client => client.Can(ability)).Select(client => client.Name)];

    private static ForeignClientKind Python(string name, Ability abilities, params string[] codecs) =>
        new(name, abilities, codecs, () => DriverClient.Start(ClientPrograms.Python(name)));

    private static ForeignClientKind Node(string name, Ability abilities, params string[] codecs) =>
        new(name, abilities, codecs, () => DriverClient.Start(ClientPrograms.Node(name)));
}
