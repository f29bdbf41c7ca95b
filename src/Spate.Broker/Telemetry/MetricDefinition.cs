namespace Spate.Broker.Telemetry;

/// <summary>The declaration of one figure. Immutable.</summary>
/// <param name="Name">The instrument's name: lower-case words with dots between them.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Unit">Its unit as UCUM writes it: <c>By</c>, <c>ms</c>, <c>{record}</c>.</param>
/// <param name="Description">What it tells, in one sentence.</param>
/// <param name="MBeans">The MBeans that it stands for; none where Kafka has no such figure.</param>
public sealed record MetricDefinition(string Name, MetricKind Kind, string Unit, string Description, params IReadOnlyList<MBean> MBeans);
