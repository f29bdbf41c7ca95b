namespace Spate.Broker.Hosting;

/// <summary>A broker could not start. The message says in a sentence or two why, and what to do; nothing on disk was harmed.</summary>
public sealed class BrokerStartException : Exception
{
    public BrokerStartException(string message)
        : base(message)
    {
    }

    public BrokerStartException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
