"""One institution's cameras, recordings, cases, register, holds, people and devices. No picture passes through here."""
