namespace Spate.Client.Administration.Calls;

/// <summary>What the machinery behind the calls must know of a result: whether it is one, and how to make one of a failure.</summary>
internal interface IAdminResult<TSelf>
    where TSelf : struct, IAdminResult<TSelf>
{
    KafkaException? Error { get; }

    static abstract TSelf Of(KafkaException error);
}
