namespace Spate.Client.Producing;

/// <summary>What keeps records from being delivered.</summary>
/// <param name="Text">In words: what, where and what to do.</param>
/// <param name="Broker">As <see cref="KafkaException.Broker"/>.</param>
/// <param name="Cause">The failure behind it, if there was one.</param>
internal readonly record struct Obstacle(string Text, string? Broker, KafkaException? Cause)
{
    public static Obstacle Of(KafkaException failure) => new(failure.Message, failure.Broker, failure);
}
