"""What persons ask about their own personal data (個人資料保護法第三條): a case type of its own, with its own clocks.

Apart from `disclosures`: a regulation that lets insiders look and not copy does not take away what the statute gives.
"""
