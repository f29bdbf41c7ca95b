namespace Spate.Client.Hosting.Configuration;

/// <summary>One step on the way to the options of a client.</summary>
internal sealed record KafkaClientOptionsStep(string Name, Func<KafkaClientOptions, IServiceProvider, KafkaClientOptions> Change);
